/* What StarModel's pages do in the browser beyond their front end (Datastar or htmx).
 *
 * Without this script every page is plain HTML that works: links, forms, inputs for ids and for
 * dates in UTC. With it, elements of that HTML become more:
 *
 *   <sm-picker source chosen [several] [new]>  finds records while somebody types: a label, and an
 *       input for an id or (`several`) a text area for ids. `chosen` has the names of records by id
 *       as JSON, `source?q=text` answers {"options": [{"id", "label"}]}, `new` is where one is made
 *   <sm-items name>    has a list with a row of inputs in each `<li>`, a `<template>` for a new row,
 *       in which `__new__` is the number of the row, and buttons `.add-item` and `.remove-item`
 *   <sm-list part>     searches, sorts and pages without loading the page: a `form[role=search]`
 *       with a `[role=alert]`, and the element with the id `part`. It holds links, and boxes called
 *       `id` for rows and `all` for all of them. `<output hidden>` has what changes with the list
 *   <sm-refresh part>  fetches that element anew when the text of its `<output hidden>` changes
 *   <sm-browser-state storage>  keeps an entity in that storage of the browser: its `<output hidden>`
 *       has the seal that the page was told last, as JSON, and its form asks for what is in the one
 *       that is kept. Every form with an input of the same name, `_sealed.NAME`, sends it along
 *   <sm-datetime [kind] [zoned]>  makes its input one of that type, which for want of a script is a
 *       text; with `zoned`, or without `kind`, it shows the instant in the reader's own zone
 *   <sm-notice>        has a `[role=status]` and a button that takes its message away; one with the
 *       attribute `brief` goes by itself. `<meta name="max-upload">` says how many bytes the files of
 *       a form may have, the attribute `maxsize` of an input how many one of them may
 *   <sm-stored values> has a button that takes what somebody else has stored meanwhile; `values` is
 *       [[name, value, label?], ...] as JSON, of a picker for several [[name, [[id, label], ...]]],
 *       of a list with rows [[name, null, [{part: value, ...}, ...]]]
 *   <a aria-haspopup=dialog aria-controls=ID>  opens that dialog instead of following the link
 *   <time class=local datetime>  reads as the reader writes dates and times
 *   .conflict[tabindex]          gets the focus when it appears
 *
 * An input for a number, a day or a time sends what the page had for it until somebody changes it,
 * even where a browser cannot show that. A form that no front end sends is sent once. One with files
 * of a megabyte and more shows how far it is.
 * `starmodel.format` and `starmodel.key()` are for the expressions of front ends.
 *
 * It needs no build step, no other script and no inline code, so `script-src 'self'` suffices.
 * A front end may replace or morph any element at any time; whatever comes is taken up again.
 */

const NO_ANSWER = "No answer. Please try again.";
const REFUSED = { 401: "Sign in first.", 403: "You may not read this." };

/** Make an element: its attributes, then what stands in it; texts are never read as markup. */
function element(tag, attributes, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/** The methods of an element, which inputs called alike would hide where it is a form. */
const { closest, matches } = Element.prototype;

/** Tell the page that an input was changed, as if somebody had typed. */
function tell(input) {
  for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
}

const complaints = new WeakMap();

/** Say beside an input what is wrong with it, for which its form is not sent; `""` takes that back. */
function complain(input, text) {
  input.setCustomValidity(text);
  let note = complaints.get(input);
  if (!note && !text) return;
  if (!note) {
    note = element("p", { class: "error", role: "alert", id: `${input.id || input.name}--fault` });
    complaints.set(input, note);
  }
  const others = (input.getAttribute("aria-describedby") ?? "").split(" ")
    .filter((id) => id && id !== note.id);
  const place = input.closest(".combobox") ?? input;
  if (text) {
    if (place.nextElementSibling !== note) place.after(note);
    if (note.textContent !== text) note.textContent = text;
    others.push(note.id);
    input.ariaInvalid = "true";
  } else {
    note.remove();
    complaints.delete(input);
    input.ariaInvalid = "false";
  }
  const described = others.join(" ");
  if (described) input.setAttribute("aria-describedby", described);
  else input.removeAttribute("aria-describedby");
}

/** Whether a click on a link is one that stays in this tab. */
function isPlain(event, link) {
  const isModified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  return !event.defaultPrevented && event.button === 0 && !isModified
    && !link.hasAttribute("download") && (link.target || "_self") === "_self";
}

// --- How values are written: as starmodel/ui/formats.py does on the server ---------------------

function momentOf(value, write) {
  const moment = new Date(value);
  return Number.isNaN(moment.getTime()) ? String(value) : write(moment);
}

const format = {
  text: String,
  boolean: (value) => (value ? "Yes" : "No"),
  choice: (value, labels = {}) =>
    Object.hasOwn(labels, String(value)) ? labels[String(value)] : String(value),
  date: (value) => momentOf(value, (day) => day.toLocaleDateString(undefined, { timeZone: "UTC" })),
  datetime: (value) => momentOf(value, (moment) => moment.toLocaleString()),

  time(value) {
    const zone = value.slice(8).replace(/^[.\d]+/, "");
    const clock = value.slice(0, 8).replace(/^([^:]*:[^:]*):00$/, "$1");
    return `${clock} ${zone === "Z" || zone === "+00:00" ? "UTC" : zone}`.trimEnd();
  },

  number(value) {
    if (typeof value === "number" && !Number.isFinite(value)) return "";
    const text = String(value); // a text is a Decimal's, whose digits stay as they are
    const parts = /^(-?)(\d{5,})((?:\..*)?)$/s.exec(text);
    if (!parts) return text;
    const whole = parts[2].replace(/^0+(?=\d)/, "").replace(/\B(?=(?:\d{3})+$)/g, ",");
    return parts[1] + whole + parts[3];
  },

  duration(seconds) {
    const exact = Math.abs(seconds) * 1e6;
    let rounded = Math.round(exact);
    if (rounded - exact === 0.5 && rounded % 2) rounded -= 1; // Python rounds halves to even ones
    const micros = BigInt(rounded); // centuries have more of them than a number can count
    const [whole, rest] = [micros / 1000000n, micros % 1000000n];
    const two = (part) => String(part).padStart(2, "0");
    const fraction = rest ? `.${String(rest).padStart(6, "0")}` : "";
    if (seconds < 0 || whole >= 360000n) {
      return `${seconds < 0 ? "-" : ""}P${whole / 86400n}DT${whole % 86400n}${fraction}S`;
    }
    return `${whole / 3600n}:${two((whole / 60n) % 60n)}:${two(whole % 60n)}${fraction}`;
  },
};
for (const [name, write] of Object.entries(format)) {
  format[name] = (value, labels) => (value == null || value === "" ? "" : write(value, labels));
}

/** Make a key for the header `Idempotency-Key`; `crypto.randomUUID` is missing on plain http. */
const key = () => [...crypto.getRandomValues(new Uint32Array(4))].join("-");

// --- Inputs that cannot show their value as it is ----------------------------------------------

const EXACT = "input:is([type=time], [type=datetime-local], [type=number], [type=date])";
/** Of an input, the value that stands behind each text it was made to show. */
const behind = new WeakMap();

const TIMES = "sm-datetime[kind] input[type=text]";

const isZoned = (input) =>
  input.type === "datetime-local" && input.closest("sm-datetime:is([zoned], :not([kind]))") !== null;

/** Write an instant as an input for a date and a time has it, in the reader's own zone. */
function localText(text) {
  const at = new Date(text.replace(/(\.\d{3})\d+/, "$1"));
  if (Number.isNaN(at.getTime())) return "";
  const pad = (part, length = 2) => String(part).padStart(length, "0");
  const day = `${pad(at.getFullYear(), 4)}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  const seconds = at.getSeconds() ? `:${pad(at.getSeconds())}` : "";
  return `${day}T${pad(at.getHours())}:${pad(at.getMinutes())}${seconds}`;
}

/** Return what an input of a type shows of a text: nothing where the text is none of its kind. */
function cleaned(type, text) {
  const input = document.createElement("input");
  input.type = type;
  input.value = text;
  return input.value;
}

/** Return what an input can show of a value, and remember what it stands for. */
function shownAs(input, text) {
  if (!input.matches(EXACT)) return text;
  // Browsers know thousandths of a second at most, and show nothing of a text with more.
  const fitting = isZoned(input) ? localText(text) : text.replace(/(\.\d{3})\d+$/, "$1");
  const shown = cleaned(input.type, input.type === "number" ? text : fitting);
  if (!behind.has(input)) behind.set(input, new Map());
  if (text) behind.get(input).set(shown, text);
  // Any other step would have the browser refuse what is stored.
  if (input.type !== "number" && shown.includes(".")) input.step = "0.001";
  return shown;
}

/** Make an input for a time of one that is a text for want of a script. */
function retype(input) {
  const text = input.getAttribute("value") ?? "";
  const typed = input.value;
  input.removeAttribute("value"); // or the browser would complain of what it cannot show
  input.value = "";
  input.type = input.closest("sm-datetime").getAttribute("kind");
  input.defaultValue = shownAs(input, text);
  input.value = typed === text ? input.defaultValue : shownAs(input, typed);
}

/** Take up an input: show of its attribute `value` what can be shown. */
function adopt(input) {
  const text = input.getAttribute("value");
  if (!text || behind.get(input)?.has(text)) return; // the latter was written here
  const bare = cleaned(input.type, text);
  const isUntouched = input.value === bare || (behind.get(input)?.has(input.value) ?? false);
  const shown = shownAs(input, text);
  if (shown === bare) return;
  input.defaultValue = shown; // what resetting the form leads back to
  if (isUntouched) input.value = shown;
}

document.addEventListener("formdata", ({ target: form, formData }) => {
  for (const input of document.querySelectorAll(EXACT)) {
    if (input.form !== form || !formData.has(input.name)) continue;
    const text = behind.get(input)?.get(input.value);
    if (text !== undefined) formData.set(input.name, text);
    else if (input.value && isZoned(input)) {
      formData.set(input.name, new Date(input.value).toISOString());
    }
  }
});

// --- Parts of a page that are fetched anew -----------------------------------------------------

/** Fetch a page of this site; gives its document, and the status of the answer. */
async function fetchPage(address, signal) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, signal });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { page, ok: answer.ok, status: answer.status };
}

const addressNow = () => location.pathname + location.search;

const ROWS = "input[type=checkbox][name=id]";
const ALL = "input[type=checkbox][name=all]";

/** Have the box for all rows say whether all of them are chosen, or some. */
function countRows(part) {
  const rows = [...part.querySelectorAll(ROWS)];
  const chosen = rows.filter((row) => row.checked).length;
  for (const all of part.querySelectorAll(ALL)) {
    all.checked = chosen > 0 && chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
  }
}

/** Replace an element by that of another page with its id; chosen rows and the focus stay. */
function replacePart(id, page) {
  const old = document.getElementById(id);
  const made = page.getElementById(id);
  if (!old || !made) return false;
  const chosen = new Set([...old.querySelectorAll(`${ROWS}:checked`)].map((row) => row.value));
  for (const row of made.querySelectorAll(ROWS)) row.checked ||= chosen.has(row.value);
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(made);
  countRows(made);
  globalThis.htmx?.process(made); // Datastar sees by itself what is new
  if (focused?.id) document.getElementById(focused.id)?.focus({ preventScroll: true });
  else if (focused?.matches(ROWS)) {
    made.querySelector(`${ROWS}[value="${CSS.escape(focused.value)}"]`)
      ?.focus({ preventScroll: true });
  }
  return true;
}

/** Call back when the text of an `<output>` right inside an element changes, with that text. */
function watchOutputs(host, changed) {
  const read = () => [...host.querySelectorAll(":scope > output")].map((one) => one.textContent);
  let before = read();
  const observer = new MutationObserver(() => {
    const now = read();
    const news = now.filter((text, place) => text !== before[place]);
    before = now;
    news.forEach(changed);
  });
  observer.observe(host, { childList: true, characterData: true, subtree: true });
  return observer;
}

const stale = new Set();
let refreshing = null;

/** Fetch the page, once for all parts that are out of date; what changes meanwhile comes next. */
async function refreshParts() {
  const ids = [...stale];
  stale.clear();
  const answer = await fetchPage(location.href).catch(() => null);
  if (answer?.ok) for (const id of ids) replacePart(id, answer.page);
  refreshing = stale.size ? setTimeout(refreshParts, 100) : null;
}

class Refresh extends HTMLElement {
  #observer;

  connectedCallback() {
    this.#observer = watchOutputs(this, () => {
      stale.add(this.getAttribute("part"));
      refreshing ??= setTimeout(refreshParts, 100);
    });
  }

  disconnectedCallback() {
    this.#observer.disconnect();
  }
}

// --- Entities that the browser keeps ------------------------------------------------------------

const NO_ROOM = "This browser has no room left to keep it, so it is as it was before.";

/** What is sent, and answered, where nothing is kept. */
const NOTHING_KEPT = "-";

class BrowserState extends HTMLElement {
  #observers = [];
  #full;
  /** What the page was last asked to show. */
  #asked = NOTHING_KEPT;
  /** What the next answer begins with: a form sends what is kept, other actions what the page was told. */
  #sent = NOTHING_KEPT;
  #look = () => this.#compare();

  connectedCallback() {
    const answers = watchOutputs(this, (text) => this.#take(text));
    // What another tab has kept while an answer was on its way is asked for next.
    const ends = new MutationObserver(() => this.#told === JSON.stringify(this.#asked) && this.#compare());
    ends.observe(this.#form, { attributeFilter: ["aria-busy"] });
    this.#observers = [answers, ends];
    // A page that the browser has put aside hears of nothing meanwhile.
    for (const type of ["storage", "pageshow"]) addEventListener(type, this.#look);
    // The front end may have been here before this script.
    this.#take(this.#told);
  }

  disconnectedCallback() {
    for (const observer of this.#observers) observer.disconnect();
    for (const type of ["storage", "pageshow"]) removeEventListener(type, this.#look);
  }

  get #form() {
    return this.querySelector(":scope > form");
  }

  get #storage() {
    return globalThis[this.getAttribute("storage")];
  }

  get #key() {
    return `starmodel${new URL(this.#form.action).pathname}`;
  }

  get #told() {
    return this.querySelector(":scope > output").textContent;
  }

  get #kept() {
    return this.#storage.getItem(this.#key) ?? NOTHING_KEPT;
  }

  /** Put what is kept into what a form sends. */
  fill(form, formData) {
    const { name } = this.#form.elements[0];
    if (!formData.has(name)) return;
    const kept = this.#kept;
    formData.set(name, kept);
    this.#sent = kept;
    if (form === this.#form) this.#asked = kept;
  }

  /** Take what an answer says: what was asked for, or what an event has made of it. */
  #take(text) {
    if (!text) return; // the front end has not begun
    const seal = JSON.parse(text);
    if (seal === NOTHING_KEPT) {
      // While the page asks, nothing may be there of what it asked for; else an event has deleted it.
      const gone = this.#form.ariaBusy === "true" ? this.#asked : this.#sent;
      if (this.#kept === gone) this.#storage.removeItem(this.#key);
    } else if (seal && seal !== this.#asked) {
      this.#keep(seal);
    }
    this.#sent = seal || NOTHING_KEPT;
    this.#compare();
  }

  #keep(seal) {
    try {
      this.#storage.setItem(this.#key, seal);
      this.#full?.remove();
    } catch {
      // The page goes back to what is kept.
      this.#full ??= element("p", { role: "alert" }, NO_ROOM);
      this.after(this.#full);
    }
  }

  /** Have the page show what is kept, where it shows something else. */
  #compare() {
    const told = this.#told && (JSON.parse(this.#told) || NOTHING_KEPT);
    if (!told || told === this.#kept || this.#form.ariaBusy === "true") return;
    this.#form.requestSubmit();
  }
}

document.addEventListener("formdata", ({ target: form, formData }) => {
  for (const state of document.querySelectorAll("sm-browser-state")) state.fill(form, formData);
});

// --- Lists: a list is its address --------------------------------------------------------------

/** Where this tab remembers how its reader has left a list; it may be forbidden to. */
const LEFT = "starmodel.list:";

function remembered(path) {
  try {
    return sessionStorage.getItem(LEFT + path);
  } catch {
    return null;
  }
}

class List extends HTMLElement {
  #observer;
  #path; // of the page; other addresses are none of this list's
  #address; // what is shown, or waited for
  #asked; // what may be aborted: the request that is under way
  #typing;
  #refreshing;
  #refreshed = 0;
  /** Of a filter that the address has more values of than there are inputs: the others, by its name. */
  #others = new Map();

  constructor() {
    super();
    this.addEventListener("click", (event) => this.#follow(event));
    this.addEventListener("submit", (event) => this.#submit(event));
    this.addEventListener("input", ({ target }) => {
      // What is chosen rather than typed is looked for at once, by `change`.
      if (!this.#asks(target) || target.matches("select, [type=checkbox], [type=radio]")) return;
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#search(), 300);
    });
    this.addEventListener("change", ({ target }) => {
      if (this.#asks(target)) this.#search();
      else if (target.matches(ALL) && this.#part?.contains(target)) {
        for (const row of this.#part.querySelectorAll(ROWS)) row.checked = target.checked;
      } else if (target.matches(ROWS)) countRows(this);
    });
  }

  connectedCallback() {
    this.#path = location.pathname;
    this.#settle();
    this.#noteOthers();
    addEventListener("popstate", this.#return);
    // An empty text is a token that is not known yet.
    this.#observer = watchOutputs(this, (text) => text && this.refresh());
  }

  disconnectedCallback() {
    removeEventListener("popstate", this.#return);
    this.#observer.disconnect();
    this.#asked?.abort();
    clearTimeout(this.#typing);
    clearTimeout(this.#refreshing);
    this.#refreshing = undefined;
    this.removeAttribute("aria-busy");
  }

  /** Fetch what the address says anew, at most once a second, and touch nothing else. */
  refresh() {
    this.#refreshing ??= setTimeout(() => {
      this.#refreshing = undefined;
      this.#refreshed = performance.now();
      // Somebody waits for another page of it, or has a dialog open inside: after that.
      if (this.hasAttribute("aria-busy") || this.#part?.querySelector("dialog[open]")) {
        this.refresh();
      } else this.#load();
    }, Math.max(0, this.#refreshed + 1000 - performance.now()));
  }

  get #part() {
    return document.getElementById(this.getAttribute("part"));
  }

  get #form() {
    return this.querySelector("form[role=search]");
  }

  #asks(input) {
    return this.#inputs().includes(input);
  }

  /** Return the inputs of the search. Hidden ones only repeat the address, for want of a script. */
  #inputs() {
    const kinds = "input:not([type=hidden], [type=submit]), select, textarea";
    return [...(this.#form?.querySelectorAll(kinds) ?? [])].filter((one) => one.name);
  }

  #follow(event) {
    const link = event.target.closest("a[href]:not([aria-haspopup])");
    if (!link || !this.#part?.contains(link) || !isPlain(event, link)) return;
    if (link.origin !== location.origin || link.pathname !== this.#path || link.hash) return;
    event.preventDefault();
    // Without a state of its own: that of htmx would have htmx come back to this entry.
    history[link.href === location.href ? "replaceState" : "pushState"](null, "", link.href);
    this.#arrive();
  }

  #submit(event) {
    if (event.target !== this.#form) return;
    event.preventDefault();
    this.#search(true);
  }

  /** Look for what the inputs say, unless that is shown; where it `isAsked` for, once more. */
  #search(isAsked = false) {
    clearTimeout(this.#typing);
    const address = new URL(location.href);
    const query = address.searchParams;
    const names = new Set(this.#inputs().map((input) => input.name));
    for (const name of [...names, "cursor"]) query.delete(name);
    for (const [name, value] of new FormData(this.#form)) {
      if (names.has(name) && value) query.append(name, value);
    }
    for (const name of names) {
      for (const value of this.#others.get(name) ?? []) query.append(name, value);
    }
    const isNew = address.pathname + address.search !== this.#address;
    if (!isNew && !(isAsked && !this.hasAttribute("aria-busy"))) return;
    history.replaceState(null, "", address);
    this.#load();
  }

  /** Go where a link or the browser's way back leads: the inputs say what the address says. */
  #arrive() {
    clearTimeout(this.#typing);
    const query = new URLSearchParams(location.search);
    for (const input of this.#inputs()) {
      const values = query.getAll(input.name);
      const has = (choice) => values.includes(choice.value);
      if (input.matches("[type=checkbox], [type=radio]")) input.checked = has(input);
      else if (input.matches("select")) {
        for (const option of input.options) option.selected = has(option);
        if (input.selectedIndex < 0 && !input.multiple) input.selectedIndex = 0;
      } else input.value = shownAs(input, values[0] ?? "");
      input.closest("sm-picker")?.show();
    }
    this.#noteOthers();
    this.#load();
  }

  #noteOthers() {
    const query = new URLSearchParams(location.search);
    const shown = new Map();
    for (const { name, multiple } of this.#inputs()) {
      shown.set(name, (shown.get(name) ?? 0) + (multiple ? Infinity : 1));
    }
    this.#others = new Map([...shown].map(([name, count]) => [name, query.getAll(name).slice(count)]));
  }

  #return = () => {
    if (location.pathname === this.#path && addressNow() !== this.#address) this.#arrive();
  };

  /** Note which address is shown from now on, for this list and for the pages that lead back to it. */
  #settle() {
    this.#address = addressNow();
    try {
      sessionStorage.setItem(LEFT + location.pathname, location.search);
    } catch { /* Then breadcrumbs lead to the whole list. */ }
  }

  async #load() {
    this.#settle();
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    this.setAttribute("aria-busy", "true");
    const answer = await fetchPage(location.href, signal).catch(() => null);
    if (signal.aborted) return; // overtaken
    this.removeAttribute("aria-busy");
    let trouble = NO_ANSWER;
    if (answer && !answer.ok) {
      const place = answer.page.querySelector("sm-list") ?? answer.page;
      trouble = place.querySelector("[role=alert]")?.textContent.trim() || REFUSED[answer.status] || NO_ANSWER;
    } else if (answer && replacePart(this.getAttribute("part"), answer.page)) {
      trouble = "";
      // What the records are called that pickers have by now.
      for (const picker of answer.page.querySelectorAll("sm-list sm-picker")) {
        const name = CSS.escape(picker.querySelector("[name]").name);
        this.querySelector(`sm-picker:has([name="${name}"])`)
          ?.setAttribute("chosen", picker.getAttribute("chosen") ?? "{}");
      }
    }
    const alert = this.#form?.querySelector("[role=alert]");
    if (alert && alert.textContent !== trouble) alert.textContent = trouble;
  }
}

// --- Pickers: comboboxes as the ARIA practices have them ---------------------------------------

// A kit's `input {display: block}` would show what is hidden; a style attribute the policy forbids.
const hiding = new CSSStyleSheet();
hiding.replaceSync("sm-picker [hidden] { display: none !important }");
document.adoptedStyleSheets.push(hiding);

class Picker extends HTMLElement {
  #carrier; // the input or text area of the page, which holds the ids and is submitted
  #box; // what is typed into
  #list;
  #chips;
  #labels = new Map();
  #shown; // the value of the carrier that the picker shows
  #timer;
  #asked;
  #answered; // the text that the options are for
  #isLooking = false; // whether options for what was typed are still to come
  #settling; // the promise of whether what was typed is a record
  #fault = ""; // why it is none
  #observer = new MutationObserver(() => this.#check());

  static observedAttributes = ["chosen"];

  constructor() {
    super();
    // On the picker itself, so that nothing is left behind on elements that a front end reuses.
    this.addEventListener("input", (event) => this.#typed(event));
    this.addEventListener("change", (event) => this.#typed(event));
    this.addEventListener("keydown", (event) => this.#press(event));
    this.addEventListener("mousedown", (event) => {
      if (this.#list?.contains(event.target)) event.preventDefault(); // the box keeps the focus
    });
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("focusout", (event) => {
      // Whoever turns to another window comes back to what was typed.
      if (!this.contains(event.relatedTarget) && document.hasFocus()) this.#leave();
    });
  }

  get isSeveral() {
    return this.hasAttribute("several");
  }

  connectedCallback() {
    this.#upgrade();
  }

  disconnectedCallback() {
    this.#observer.disconnect();
    this.#close();
    this.#restore();
  }

  connectedMoveCallback() {} // to be moved as a whole is neither

  attributeChangedCallback() {
    for (const [id, label] of Object.entries(JSON.parse(this.getAttribute("chosen") || "{}"))) {
      this.#labels.set(id, label);
    }
    const isTyped = document.activeElement === this.#box || this.#settling || this.#fault;
    if (!isTyped) this.show();
  }

  /** Choose records: pairs of an id and what it is called. */
  choose(records) {
    for (const [id, label] of records) this.#labels.set(String(id), String(label));
    this.#write(records.map(([id]) => String(id)));
  }

  /** Show what the carrier holds. */
  show() {
    if (!this.#box) return;
    this.#blame("");
    this.#shown = this.#carrier.value;
    const ids = this.#ids();
    if (!this.isSeveral) this.#box.value = this.#label(ids[0]);
    else {
      this.#chips.replaceChildren(...ids.map((id) => {
        const label = this.#label(id);
        return element("li", {},
          element("button", { type: "button", "aria-label": `Remove ${label}` }, label));
      }));
      this.#chips.hidden = !ids.length;
      this.#box.required = this.#box.ariaRequired === "true" && !ids.length;
    }
  }

  focus(options) {
    this.#box?.focus(options);
  }

  get form() {
    return this.#carrier?.form ?? null;
  }

  /** Whether something was typed that is not the record that is picked. */
  get isOpen() {
    const text = this.#box?.value.trim();
    return Boolean(text) && (this.isSeveral || text !== this.#label(this.#ids()[0]).trim());
  }

  /** Take the one record that what was typed finds, or say why there is none; gives whether it did. */
  settle() {
    if (!this.isOpen) return Promise.resolve(true);
    if (this.#fault) return Promise.resolve(false);
    if (this.#settling) return this.#settling;
    const text = this.#box.value.trim();
    const settling = this.#look(text).then((fault) => {
      if (this.#settling === settling) {
        this.#settling = undefined;
        // Unless somebody has typed on, or picked.
        if (fault && this.#box?.value.trim() === text) this.#blame(fault);
      }
      return !this.isOpen;
    });
    return (this.#settling = settling);
  }

  /** Take the record that a text finds; gives what is wrong where it is not one. */
  async #look(text) {
    const { options, trouble } = await this.#ask(text);
    if (this.#box?.value.trim() !== text) return "";
    if (trouble) return trouble;
    const same = options.filter(({ label }) => String(label).toLowerCase() === text.toLowerCase());
    const [found, ...others] = same.length ? same : options;
    if (!found) return `Nothing is called “${text}”. Choose from the list, or leave this empty.`;
    if (others.length) return `Several fit “${text}”. Choose one from the list, or leave this empty.`;
    this.#box.value = "";
    this.#add(String(found.id), String(found.label));
    return "";
  }

  #blame(fault) {
    this.#fault = fault;
    if (this.#box) complain(this.#box, fault);
  }

  #add(id, label) {
    const others = this.isSeveral ? this.#ids().filter((one) => one !== id) : [];
    this.choose([...others.map((one) => [one, this.#label(one)]), [id, label]]);
  }

  #upgrade() {
    this.#restore(); // a page that was kept as text comes back with what was made here
    const carrier = this.querySelector("input[name], textarea[name]");
    if (!carrier) return;
    const { id, className: style } = carrier;
    const name = this.querySelector("label")?.textContent.trim() ?? carrier.name;
    this.#carrier = carrier;
    this.#box = element("input", {
      id, class: style, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}--options`,
    });
    this.#list = element("ul", {
      id: `${id}--options`, class: "options", role: "listbox", "aria-label": name, hidden: "",
    });
    this.#chips = element("ul", { class: "chips", "aria-label": name });
    if (carrier.required) this.#box.ariaRequired = "true";
    this.#box.required = carrier.required;
    this.#box.placeholder = carrier.placeholder;
    const isFocused = document.activeElement === carrier;
    carrier.removeAttribute("id");
    carrier.required = false;
    carrier.hidden = true;
    carrier.after(element("div", { class: "combobox" }, this.#box, this.#list));
    if (this.isSeveral) carrier.after(this.#chips);
    if (isFocused) this.#box.focus();
    this.#mirror();
    this.show();
    this.#observer.observe(this, { attributes: true, childList: true, subtree: true });
  }

  /** Make it plain HTML again. */
  #restore() {
    const carrier = this.querySelector("input[name], textarea[name]");
    const box = this.querySelector("[role=combobox]:not([name])");
    if (carrier && box) {
      carrier.id = box.id;
      carrier.required = box.ariaRequired === "true";
    }
    if (carrier) carrier.hidden = false;
    if (this.#box) complain(this.#box, "");
    this.#fault = "";
    for (const made of this.querySelectorAll(".combobox, ul.chips")) {
      made.replaceWith(...(made.contains(carrier) ? [carrier] : []));
    }
    this.#box = undefined;
  }

  /** Take up what a front end has done to the elements inside. */
  #check() {
    const isWhole = this.contains(this.#carrier) && this.contains(this.#box) && !this.#box.name
      && this.#box.role === "combobox" && this.#carrier.hidden && !this.#carrier.id;
    if (isWhole) this.#mirror();
    else {
      this.#close();
      this.#upgrade();
    }
    if (this.#box && this.#carrier.value !== this.#shown) this.show();
    this.#observer.takeRecords(); // of what was done just now
  }

  #mirror() {
    for (const name of ["aria-invalid", "aria-describedby", "disabled"]) {
      const value = this.#carrier.getAttribute(name);
      if (value === null) this.#box.removeAttribute(name);
      else this.#box.setAttribute(name, value);
    }
    if (this.#fault) complain(this.#box, this.#fault);
  }

  #label(id) {
    return id === undefined ? "" : (this.#labels.get(id) ?? id);
  }

  /** Read the ids that the carrier holds: one, or one on each line, or a JSON array of them. */
  #ids() {
    const text = this.#carrier.value;
    if (!this.isSeveral) return text ? [text] : [];
    if (text.trimStart().startsWith("[")) {
      try {
        return JSON.parse(text).map(String);
      } catch {
        // It is ids after all.
      }
    }
    return text.split("\n").map((line) => line.trim()).filter(Boolean);
  }

  #write(ids) {
    const isOdd = (id) => id !== id.trim() || !id || /[\0-\x1f\x85]/.test(id);
    this.#carrier.value = !this.isSeveral ? (ids[0] ?? "")
      : ids.some(isOdd) || ids[0]?.startsWith("[") ? JSON.stringify(ids) : ids.join("\n");
    this.show();
    tell(this.#carrier);
  }

  /** What is typed to find a record is nobody else's; what the carrier is told is shown. */
  #typed(event) {
    if (event.target === this.#box) {
      event.stopPropagation();
      if (event.type !== "input") return;
      this.#blame("");
      this.#settling = undefined;
      clearTimeout(this.#timer);
      this.#asked?.abort();
      this.#isLooking = true;
      this.#timer = setTimeout(() => this.#find(this.#box.value), 200);
    } else if (event.target === this.#carrier && this.#carrier.value !== this.#shown) this.show();
  }

  async #find(text) {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    const { options, trouble } = await this.#ask(text, signal);
    if (signal.aborted || document.activeElement !== this.#box) return; // overtaken, or left
    const items = options.map(({ id, label }) => {
      const item = element("li", { role: "option" }, String(label));
      item.record = [String(id), String(label)];
      return item;
    });
    if (!items.length) {
      const attributes = { role: "option", "aria-disabled": "true", class: "none" };
      items.push(element("li", attributes, trouble || "Nothing found"));
    }
    if (this.hasAttribute("new")) {
      const link = element("a", {
        href: this.getAttribute("new"), target: "_blank", rel: "noopener", tabindex: "-1",
        role: "option", class: "new",
      }, "Create new…");
      items.push(link);
    }
    items.forEach((item, place) => {
      item.id = `${this.#list.id}-${place}`;
      item.ariaSelected = "false";
    });
    // An option may have nothing in it that is of use by itself, so a link is one.
    this.#list.replaceChildren(...items.map((item) =>
      item.matches("a") ? element("li", { role: "none" }, item) : item));
    this.#list.hidden = false;
    this.#box.removeAttribute("aria-activedescendant");
    this.#box.ariaExpanded = "true";
    this.#answered = this.#box.value;
    this.#isLooking = false;
  }

  /** Ask for the records that a text finds; `trouble` says why there is no answer. */
  async #ask(text, signal) {
    const source = this.getAttribute("source");
    const query = new URLSearchParams({ q: text });
    const address = `${source}${source.includes("?") ? "&" : "?"}${query}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal });
      if (answer.ok) return { options: (await answer.json()).options, trouble: "" };
      return { options: [], trouble: REFUSED[answer.status] ?? NO_ANSWER };
    } catch {
      return { options: [], trouble: NO_ANSWER };
    }
  }

  #close() {
    this.#isLooking = false;
    clearTimeout(this.#timer);
    this.#asked?.abort();
    if (!this.#box) return;
    this.#list.replaceChildren();
    this.#list.hidden = true;
    this.#box.ariaExpanded = "false";
    this.#box.removeAttribute("aria-activedescendant");
  }

  #press(event) {
    if (event.target !== this.#box || event.isComposing) return;
    const all = [...this.#list.querySelectorAll("[role=option]:not([aria-disabled])")];
    const at = all.findIndex((one) => one.ariaSelected === "true");
    const isOpen = this.#list.hasChildNodes();
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp": {
        event.preventDefault();
        if (!isOpen) this.#find("");
        if (!all.length) return;
        const step = event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1;
        const next = all[(at + step + all.length) % all.length];
        if (at >= 0) all[at].ariaSelected = "false";
        next.ariaSelected = "true";
        next.scrollIntoView({ block: "nearest" });
        this.#box.setAttribute("aria-activedescendant", next.id);
        break;
      }
      case "Enter":
        // With nothing to take, the form is submitted with what was picked before.
        if (!isOpen && !this.#isLooking) return this.#leave();
        event.preventDefault();
        // Of options for what was typed before, only one that was walked to is meant.
        if (at >= 0) this.#take(all[at]);
        else if (all[0]?.record && this.#answered === this.#box.value) this.#take(all[0]);
        break;
      case "Escape":
        if (!isOpen) return;
        event.preventDefault(); // it closes the list, not the dialog around it
        event.stopPropagation();
        this.#close();
        break;
      case "Tab":
        if (at >= 0 && all[at].record) this.#take(all[at]);
    }
  }

  #click(event) {
    const option = event.target.closest("[role=option]");
    const chip = event.target.closest(".chips li");
    if (event.target === this.#box && !this.#list.hasChildNodes()) this.#find("");
    else if (option && this.#list.contains(option)) this.#take(option, event.target);
    else if (chip && this.#chips.contains(chip)) {
      const place = [...this.#chips.children].indexOf(chip);
      this.#write(this.#ids().filter((_, other) => other !== place));
      this.#box.focus();
    }
  }

  #take(option, target) {
    const link = option.matches("a") ? option : null;
    if (link && target !== link) link.click(); // which comes by here again
    else if (link) setTimeout(() => this.#close()); // once the browser has followed it
    else if (option.record) {
      const [id, label] = option.record; // which are gone with the list
      this.#close();
      this.#box.value = "";
      this.#add(id, label);
      this.#box.focus();
    }
  }

  /** Settle what was typed: nothing at all is no record, any other text the one that it finds. */
  #leave() {
    if (!this.#box) return;
    this.#close();
    if (this.isOpen) this.settle();
    else if (this.isSeveral) this.#box.value = "";
    else if (!this.#box.value.trim() && this.#carrier.value) this.#write([]);
    else this.#box.value = this.#label(this.#ids()[0]);
  }
}

// Listens before every front end: a form waits until it is known what its pickers have picked.
addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  const open = [...document.querySelectorAll("sm-picker")]
    .filter((picker) => picker.form === form && picker.isOpen);
  if (!open.length || form.getAttribute("method") === "dialog") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const settled = await Promise.all(open.map((picker) => picker.settle()));
  const wrong = open[settled.indexOf(false)];
  if (wrong) wrong.focus();
  else if (form.isConnected) {
    HTMLFormElement.prototype.requestSubmit.call(form, submitter?.form === form ? submitter : null);
  }
}, true);

// --- Lists with a row of inputs for each item --------------------------------------------------

const NEW = /__new__/g;
const NUMBERED = ["id", "name", "for", "aria-describedby"];

class Items extends HTMLElement {
  #count = 0; // of the rows there have been; no number is given twice
  #first; // the rows that resetting the form leads back to

  constructor() {
    super();
    this.addEventListener("click", ({ target }) => {
      const remove = target.closest("button.remove-item");
      if (remove?.closest("sm-items") === this) this.#remove(remove.closest("li"));
      else if (target.closest("button.add-item")?.closest("sm-items") === this) {
        this.add().querySelector("input, select, textarea")?.focus();
        tell(this);
      }
    });
  }

  connectedCallback() {
    // Rows for want of a script: what parses a page without one makes elements of them.
    this.querySelector("noscript")?.replaceChildren();
    this.#first ??= [...this.#list.children].map((row) => row.cloneNode(true));
  }

  get #list() {
    return this.querySelector("ol");
  }

  /** Add an empty row; gives it. */
  add() {
    const path = `${this.getAttribute("name")}.`;
    for (const { name } of this.#list.querySelectorAll("[name]")) {
      this.#count = Math.max(this.#count, parseInt(name.slice(path.length), 10) + 1 || 0);
    }
    const number = this.#count++;
    const row = this.querySelector("template").content.firstElementChild.cloneNode(true);
    for (const one of row.querySelectorAll("*")) {
      for (const name of NUMBERED) {
        const text = one.getAttribute(name);
        if (text?.includes("__new__")) one.setAttribute(name, text.replace(NEW, number));
      }
    }
    this.#list.append(row);
    return row;
  }

  /** Have one row for each of some items: their values by the names of inputs inside of a row. */
  fill(items) {
    this.#list.replaceChildren();
    this.#count = 0;
    for (const item of items) {
      const inputs = [...this.add().querySelectorAll("[name]")];
      const path = `${this.getAttribute("name")}.${this.#count - 1}`;
      for (const [way, value] of Object.entries(item)) {
        const input = inputs.find(({ name }) => name === (way ? `${path}.${way}` : path));
        if (input) put(input, value);
      }
    }
    tell(this);
  }

  reset() {
    this.#list.replaceChildren(...this.#first.map((row) => row.cloneNode(true)));
  }

  focus(options) {
    this.querySelector("button.add-item")?.focus(options);
  }

  #remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector("button.remove-item") ?? this).focus();
    tell(this);
  }
}

// --- Messages ----------------------------------------------------------------------------------

/** How long a message stays that need not be read, in milliseconds. */
const BRIEF = 8000;

class Notice extends HTMLElement {
  #text = "";
  #timer;
  #observer = new MutationObserver(() => this.#check());

  constructor() {
    super();
    this.addEventListener("click", (event) => {
      if (event.target.closest("button")) this.#go();
    });
    // Whoever points at it, or has come to it, reads it still.
    for (const type of ["pointerenter", "pointerleave", "focusin", "focusout"]) {
      this.addEventListener(type, () => setTimeout(() => this.#wait()));
    }
  }

  connectedCallback() {
    this.#check();
    this.#observer.observe(this, {
      subtree: true, childList: true, characterData: true, attributeFilter: ["brief"],
    });
  }

  disconnectedCallback() {
    this.#observer.disconnect();
    clearTimeout(this.#timer);
  }

  get #status() {
    return this.querySelector("[role=status]");
  }

  #check() {
    const text = this.#status?.textContent ?? "";
    // The element stays in the tree while it is empty, so that what comes next is announced.
    if (text !== this.#text) this.hidden = false;
    this.#text = text;
    const button = this.querySelector("button");
    if (button) button.hidden = !text;
    this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    const isBrief = this.#text && this.#status.hasAttribute("brief");
    if (!isBrief || this.hidden || this.matches(":hover, :focus-within")) return;
    this.#timer = setTimeout(() => this.#go(), BRIEF);
  }

  /** Take the message away; its text is the front end's, and stays until that has another. */
  #go() {
    clearTimeout(this.#timer);
    this.hidden = true;
  }
}

// --- The whole page ----------------------------------------------------------------------------

/** Have an input hold a value. */
function put(input, value) {
  if (typeof value === "boolean") input.checked = value;
  else input.value = shownAs(input, String(value ?? ""));
}

/** Put what is stored into the inputs beside a button, as if somebody had typed it. */
function takeStored(stored) {
  const inputs = [...(stored.closest("form") ?? document).querySelectorAll("[name]")];
  let last;
  for (const [name, value, label] of JSON.parse(stored.getAttribute("values"))) {
    const list = [...(stored.closest("form")?.querySelectorAll("sm-items") ?? [])]
      .find((one) => one.getAttribute("name") === name);
    if (list) {
      list.fill(label);
      last = list;
      continue;
    }
    const input = inputs.find((one) => one.name === name);
    const picker = input?.closest("sm-picker");
    if (!input) continue;
    last = picker ?? input;
    if (picker) {
      picker.choose(Array.isArray(value) ? value : value ? [[value, label ?? value]] : []);
      continue;
    }
    put(input, value);
    tell(input);
  }
  stored.remove();
  last?.focus();
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const stored = event.target.closest("sm-stored button")?.closest("sm-stored");
  if (stored) takeStored(stored);
  const link = event.target.closest("a[aria-haspopup=dialog][aria-controls]");
  const dialog = link && document.getElementById(link.getAttribute("aria-controls"));
  if (!dialog?.showModal || !isPlain(event, link)) return;
  event.preventDefault();
  if (!dialog.open) dialog.showModal();
});

document.addEventListener("reset", ({ target: form }) => {
  setTimeout(() => {
    form.querySelectorAll("sm-items").forEach((items) => items.reset());
    form.querySelectorAll("sm-picker").forEach((picker) => picker.show());
    checkFiles(form);
  });
});

// Listens on the window, and so after every front end: what none of them sends, the browser does,
// and it does so for each of two clicks.
const sent = new Map();
addEventListener("submit", (event) => {
  const form = event.target;
  const method = event.submitter?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "";
  if (event.defaultPrevented || method.toLowerCase() !== "post") return;
  if (form.hasAttribute("target")) return; // this page stays
  if (sent.has(form)) event.preventDefault();
  else {
    sent.set(form, event.submitter);
    event.submitter?.setAttribute("aria-disabled", "true");
  }
});
addEventListener("pageshow", () => {
  for (const button of sent.values()) button?.removeAttribute("aria-disabled");
  sent.clear();
});

/** Write a number of bytes; how much is too much is rounded up, how much may be is rounded down. */
function sizeText(size, round) {
  if (size < 1000) return `${size} bytes`;
  const [unit, name] = size < 1e6 ? [1e3, "kB"] : [1e6, "MB"];
  return `${round((10 * size) / unit) / 10} ${name}`;
}

const filesOf = (form) =>
  [...form.querySelectorAll("input[type=file]")].filter((input) => input.form === form);

/** Say beside the inputs for files of a form which are too large, or too large together. */
function checkFiles(form) {
  const most = Number(document.querySelector("meta[name=max-upload]")?.content || Infinity);
  let sum = 0;
  for (const input of filesOf(form)) {
    const size = [...input.files].reduce((all, file) => all + file.size, 0);
    const own = Math.min(Number(input.getAttribute("maxsize") ?? Infinity), most);
    sum += size;
    let fault = "";
    if (size > own) {
      fault = `This file has ${sizeText(size, Math.ceil)}; it may have ${sizeText(own, Math.floor)}.`;
    } else if (size && sum > most) {
      fault = `The files have ${sizeText(sum, Math.ceil)} together; they may have`
        + ` ${sizeText(most, Math.floor)}.`;
      sum -= size; // the others can be sent
    }
    if (size > own) sum -= size;
    complain(input, fault);
  }
}

document.addEventListener("change", ({ target: input }) => {
  if (input instanceof HTMLInputElement && input.type === "file" && input.form) checkFiles(input.form);
});

// Where a form does not ask its browser to check what is typed, nothing too large is sent either.
addEventListener("submit", (event) => {
  const wrong = filesOf(event.target).find((input) => input.validity.customError);
  if (!wrong) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  wrong.focus();
}, true);

/** How many bytes the files of a form have before it is shown how far they are. */
const LARGE = 2 ** 20;

// Listens before every front end: a request that one of them sends cannot say how far it is.
addEventListener("submit", (event) => {
  const form = event.target;
  const files = [...form.querySelectorAll("input[type=file]")].flatMap(({ files }) => [...files]);
  if (files.reduce((sum, { size }) => sum + size, 0) < LARGE || event.defaultPrevented) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!form.querySelector("progress.upload")) upload(form, event.submitter);
}, true);

/** Send a form as the browser does, with a bar that fills, and go where the answer leads. */
function upload(form, submitter) {
  const bar = element("progress", { class: "upload", value: "0", "aria-label": "Sending" });
  const request = new XMLHttpRequest();
  request.open("POST", submitter?.getAttribute("formaction") ?? form.getAttribute("action"));
  request.setRequestHeader("Accept", "text/html");
  request.setRequestHeader("Idempotency-Key", key());
  request.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = loaded / total; });
  const fail = () => {
    bar.replaceWith(element("p", { role: "alert", class: "error upload-error" }, NO_ANSWER));
  };
  request.addEventListener("load", () => {
    if (request.status < 400) return location.assign(request.responseURL);
    // The page with what is wrong; a file has to be chosen again, as no page can name one.
    const main = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("main");
    if (!main) return fail();
    document.querySelector("main").replaceWith(main);
    globalThis.htmx?.process(main);
  });
  request.addEventListener("error", fail);
  form.querySelector(".upload-error")?.remove();
  form.append(bar);
  request.send(new FormData(form, submitter));
}

// Whoever makes one record after the other goes on with the first input.
const AGAIN = "starmodel.again";
addEventListener("submit", ({ submitter }) => {
  if (submitter?.getAttribute("name") !== "_again") return;
  try {
    sessionStorage.setItem(AGAIN, location.pathname);
  } catch { /* Then the focus is where the browser has it. */ }
}, true);

function goOn() {
  let path = null;
  try {
    path = sessionStorage.getItem(AGAIN);
    sessionStorage.removeItem(AGAIN);
  } catch {
    return;
  }
  if (path !== location.pathname) return;
  const inputs = "input:not([type=hidden], [hidden]), select, textarea:not([hidden])";
  document.querySelector("main form[method=post]")?.querySelector(inputs)?.focus();
}

const LOCAL = "time.local[datetime]";
const CONFLICT = ".conflict[tabindex]";
const BREADCRUMB = "nav[aria-label=Breadcrumb] a[href]";

function localize(time) {
  const text = format[time.dateTime.includes("T") ? "datetime" : "date"](time.dateTime);
  if (time.textContent !== text) time.textContent = text;
}

/** Take up an element and all that is inside of it. */
function takeUp(root) {
  const all = (selector) => [
    ...(matches.call(root, selector) ? [root] : []), ...root.querySelectorAll(selector),
  ];
  all(LOCAL).forEach(localize);
  all(TIMES).forEach(retype);
  all(EXACT).forEach(adopt);
  all(CONFLICT)[0]?.focus();
  // The server knows how a list was left one page ago; further away, this tab does.
  for (const link of all(BREADCRUMB)) link.search ||= remembered(link.pathname) ?? "";
}

/** What the record is called that the page is about, as its heading says. */
let called = document.querySelector("h1")?.textContent ?? "";
const CALLED = "nav[aria-label=Breadcrumb] [aria-current], dialog p";

/** Say a new name where the page begins with the old one: its title, and the question before deleting. */
function rename(name) {
  const renamed = (text) => (called && text.startsWith(called) ? name + text.slice(called.length) : text);
  document.title = renamed(document.title);
  for (const one of document.querySelectorAll(CALLED)) {
    if (one.firstChild instanceof Text) one.firstChild.data = renamed(one.firstChild.data);
  }
  called = name;
}

new MutationObserver((changes) => {
  for (const { type, target, addedNodes } of changes) {
    if (type === "attributes" && matches.call(target, EXACT)) adopt(target);
    const changed = target instanceof Element ? target : target.parentElement;
    const heading = changed && closest.call(changed, "h1");
    if (heading && heading.textContent !== called) rename(heading.textContent);
    const time = changed && closest.call(changed, LOCAL);
    if (time) localize(time);
    for (const added of addedNodes) {
      if (added instanceof Element && added.isConnected) takeUp(added);
    }
  }
}).observe(document, {
  subtree: true, childList: true, characterData: true,
  attributes: true, attributeFilter: ["datetime", "value"],
});
takeUp(document.documentElement);

globalThis.starmodel = Object.freeze({ format: Object.freeze(format), key });

customElements.define("sm-notice", Notice);
customElements.define("sm-picker", Picker);
customElements.define("sm-items", Items);
customElements.define("sm-list", List);
customElements.define("sm-refresh", Refresh);
customElements.define("sm-browser-state", BrowserState);
goOn();
