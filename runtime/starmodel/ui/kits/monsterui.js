// FrankenUI's dark colours are those of a class: it follows the system, or what MonsterUI's
// theme picker has stored.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    let stored = {};
    try {
      stored = JSON.parse(localStorage.getItem("__FRANKEN__") || "{}");
    } catch {
      // It is nobody's, or storage is refused.
    }
    const isDark = stored.mode ? stored.mode === "dark" : system.matches;
    document.documentElement.classList.toggle("dark", isDark);
  };
  system.addEventListener("change", follow);
  follow();
})();
