/* What StarModel's pages do with htmx 4: an extension, which htmx calls at each step of a request.
 *
 * The server sends markup as `<hx-partial>`, which htmx knows by itself, and two pieces of ours:
 *
 *   <hx-values>JSON</hx-values>              values that are new, by namespace; `null` takes one away
 *   <hx-elements mode>...</hx-elements>      elements that take the place of those with their ids
 *
 * Values are kept in one tree, and shown wherever an element names one by its path:
 *
 *   data-values=JSON           the values that the page begins with, or a form in a page of any kind
 *   data-field=PATH            its text is the value, as data-format and data-labels say
 *   data-invalid=PATH          is marked as invalid while the value, an error, is not empty
 *   data-notice                says what is wrong with the connection, or what an event has said
 *   data-form=PATH             is a form with its errors below that path; data-once gives each
 *                              submission a key, data-resets empties it when all went well
 *   data-submit                is the form's button, which is marked while the form is busy
 *
 * Nothing is evaluated, so `script-src 'self'` and the two scripts of htmx suffice.
 */

const RECONNECTING = "Reconnecting ...";
const NO_ANSWER = "No answer. Please try again.";
const REFUSED = { 401: "Sign in first.", 403: "You may not do this." };

/** The methods of an element, which inputs called alike would hide where it is a form. */
const { getAttribute, hasAttribute, setAttribute, querySelectorAll, matches } = Element.prototype;
const attribute = (element, name) => getAttribute.call(element, name);

// --- Values: one tree for the page, and the elements that show it -------------------------------

const isTree = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Put new values into a tree; trees have no prototype, so that any key is just a key. */
function merge(tree, news) {
  for (const [key, value] of Object.entries(news)) {
    if (value === null) delete tree[key];
    else if (isTree(value)) tree[key] = merge(isTree(tree[key]) ? tree[key] : Object.create(null), value);
    else tree[key] = value;
  }
  return tree;
}

const values = merge(Object.create(null), { _notice: "", _message: "" });
const taken = new WeakSet();

/** Return the value at a path; `undefined` where the page knows of none, and shows what it came with. */
function at(path) {
  return path.split(".").reduce((found, name) => (isTree(found) ? found[name] : undefined), values);
}

function all(root, selector) {
  return [...(matches.call(root, selector) ? [root] : []), ...querySelectorAll.call(root, selector)];
}

function written(element, value) {
  const format = attribute(element, "data-format") ?? "text";
  if (format === "json") return JSON.stringify(value);
  return starmodel.format[format](value, JSON.parse(attribute(element, "data-labels") ?? "{}"));
}

/** Have an element, and all that is inside of it, show the values as they are. */
function show(root = document.documentElement) {
  for (const element of all(root, "[data-field]")) {
    const value = at(attribute(element, "data-field"));
    const text = value === undefined ? element.textContent : written(element, value);
    if (element.textContent !== text) element.textContent = text;
  }
  for (const input of all(root, "[data-invalid]")) {
    const error = at(attribute(input, "data-invalid"));
    if (error !== undefined) input.ariaInvalid = String(Boolean(error));
  }
  for (const element of all(root, "[data-notice]")) {
    const text = values._notice || values._message;
    element.toggleAttribute("brief", !values._notice);
    if (element.textContent !== text) element.textContent = text;
  }
}

function say(notice) {
  values._notice = notice;
  show();
}

// --- Forms -------------------------------------------------------------------------------------

const isForm = (element) => element instanceof HTMLFormElement && hasAttribute.call(element, "data-form");
const errorsOf = (form) => at(`errors.${attribute(form, "data-form")}`) ?? {};
/** The forms that wait for an answer, each with the request it waits for. */
const underway = new Map();

function markBusy(form, isBusy) {
  setAttribute.call(form, "aria-busy", String(isBusy));
  for (const button of querySelectorAll.call(form, "[data-submit]")) {
    button.ariaDisabled = String(isBusy);
  }
}

function begin(form, ctx) {
  underway.set(form, ctx);
  markBusy(form, true);
  if (hasAttribute.call(form, "data-once")) ctx.request.headers["Idempotency-Key"] = starmodel.key();
  const errors = errorsOf(form);
  for (const name of Object.keys(errors)) errors[name] = "";
  // What another event of the page was refused for is over as well.
  for (const events of Object.values(values.errors ?? {})) {
    for (const each of Object.values(events)) if ("_" in each) each._ = "";
  }
  values._message = "";
  say("");
}

function finish(form, ctx) {
  underway.delete(form);
  markBusy(form, false);
  const isFine = ctx.response?.raw.ok && !values._notice && !Object.values(errorsOf(form)).some(Boolean);
  if (isFine && hasAttribute.call(form, "data-resets")) HTMLFormElement.prototype.reset.call(form);
}

// What was wrong with a value is not wrong with the next one.
document.addEventListener("input", ({ target: input }) => {
  if (!input.name || !input.form || !isForm(input.form)) return;
  const errors = errorsOf(input.form);
  const [name] = input.name.split(".");
  if (!errors[name]) return;
  errors[name] = "";
  show();
});

// A page that the browser has kept comes back as it was left: with a form that waited.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of underway.keys()) markBusy(form, false);
  underway.clear();
});

// --- The live stream ---------------------------------------------------------------------------

const isLive = (element) => element instanceof Element && hasAttribute.call(element, "hx-sse:connect");

let isLost = false;

/** Say that the stream is lost, once: a further attempt does not replace what was said since. */
function tellLost() {
  if (!isLost) say(RECONNECTING);
  isLost = true;
}

/** Ask for the stream again, after a while: the extension for streams does so only once it had one. */
function reconnect(element) {
  tellLost();
  setTimeout(() => element.isConnected && htmx.trigger(element, "reconnect"), 1000 + 2000 * Math.random());
}

// --- What htmx calls ---------------------------------------------------------------------------

globalThis.htmx?.registerExtension("starmodel", {
  htmx_after_process(root) {
    const pages = all(root, "[data-values]").filter((element) => !taken.has(element));
    for (const page of pages) {
      taken.add(page);
      merge(values, JSON.parse(attribute(page, "data-values")));
    }
    show(pages.length ? undefined : root);
  },

  htmx_process_values(template) {
    merge(values, JSON.parse(template.content.textContent));
    show();
  },

  htmx_process_elements(template, { ctx, tasks }) {
    const swapSpec = { style: template.getAttribute("mode") };
    for (const element of [...template.content.children]) {
      const target = element.id && document.getElementById(element.id);
      if (!target) continue;
      const fragment = document.createDocumentFragment();
      fragment.append(element);
      tasks.push({ type: "partial", fragment, target, swapSpec, sourceElement: ctx.sourceElement });
    }
  },

  htmx_before_request(element, { ctx }) {
    if (!isForm(element)) return true;
    if (underway.has(element)) return false; // the page is being left
    begin(element, ctx);
    return true;
  },

  htmx_before_response(element, { ctx: { response } }) {
    if (response.status < 400 || !(isForm(element) || isLive(element))) return true;
    if (isLive(element)) reconnect(element);
    else say(REFUSED[response.status] ?? NO_ANSWER);
    return false; // what it says is for programs
  },

  htmx_error(element) {
    if (isLive(element)) reconnect(element);
    else if (isForm(element)) say(NO_ANSWER);
  },

  htmx_finally_request(element, { ctx }) {
    // Where the answer leads to another page, the form stays busy until that is there.
    if (isForm(element) && underway.get(element) === ctx && !ctx.keepIndicators) finish(element, ctx);
  },

  htmx_sse_before_connection(element, { connection }) {
    if (isLive(element) && connection.attempt > 0) tellLost();
  },

  htmx_sse_after_connection(element) {
    if (!isLive(element)) return;
    isLost = false;
    say("");
  },

  htmx_sse_error(element) {
    if (isLive(element)) tellLost();
    else say(NO_ANSWER);
  },
});
