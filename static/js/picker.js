// The yellow field: it opens a list that narrows while one types; arrows choose, Enter takes, Esc leaves all as it was.
// Without this file the field is a link to the same list.
(function () {
  const dialog = document.getElementById("picker");
  const notice = document.querySelector("[data-notice]");
  if (notice) {
    window.gerai.toast(notice.textContent, "safe");
    // A page that is loaded again, or sent on, says nothing twice.
    history.replaceState(null, "", location.pathname);
  }
  if (!dialog) return;
  const query = document.getElementById("picker-query");
  const results = document.getElementById("picker-results");
  let source = "";
  let asked = 0;
  let waiting;

  async function ask() {
    const mine = ++asked;
    const url = new URL(source, location.href);
    if (query.value.trim()) url.searchParams.set("q", query.value.trim());
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      // Only the last question counts: answers may overtake each other.
      if (mine !== asked) return;
      results.innerHTML = text;
      pick(1);
    } catch (error) {
      if (mine === asked) window.gerai.toast(document.body.dataset.textFailed, "danger");
    }
  }
  function pick(step) {
    const links = Array.from(results.querySelectorAll("a"));
    if (!links.length) return;
    const now = links.findIndex((link) => link.classList.contains("is-picked"));
    const next = links[(now + step + links.length) % links.length];
    links.forEach((link) => link.classList.toggle("is-picked", link === next));
    next.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("click", (event) => {
    const field = event.target.closest("[data-picker]");
    if (field && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      source = field.href;
      query.value = "";
      results.replaceChildren();
      dialog.showModal();
      query.focus();
      ask();
    } else if (event.target === dialog) dialog.close();
  });
  // A link that is called a button answers to the space bar as well.
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest && event.target.closest("[data-picker]");
    if (field && event.key === " ") {
      event.preventDefault();
      field.click();
    }
  });
  query.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  query.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = results.querySelector("a.is-picked") || results.querySelector("a");
    if (chosen) chosen.click();
  });
  query.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    pick(event.key === "ArrowDown" ? 1 : -1);
  });
})();
