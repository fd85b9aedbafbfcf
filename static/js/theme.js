// Runs before the first paint, so that a dark page never flashes white. "auto" follows the system.
(function () {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function stored() {
    try {
      return localStorage.getItem("theme") || root.dataset.themeChoice || "auto";
    } catch (e) {
      return root.dataset.themeChoice || "auto";
    }
  }
  function apply(choice) {
    root.dataset.themeChoice = choice;
    root.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    const meta = document.querySelector('meta[name="theme-color"]');
    if (meta) meta.content = root.dataset.bsTheme === "dark" ? "#101216" : "#f6f7f9";
    document.dispatchEvent(new CustomEvent("gerai:theme", { detail: root.dataset.bsTheme }));
  }
  dark.addEventListener("change", () => apply(stored()));
  window.geraiTheme = {
    choose(choice) {
      try {
        localStorage.setItem("theme", choice);
      } catch (e) {
        /* private window: the cookie below still holds it */
      }
      document.cookie = `theme=${choice};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
      apply(choice);
    },
  };
  root.classList.add("js");
  apply(stored());
})();
