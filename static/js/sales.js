// The report's new rows. At the top of the newest page they come in by themselves; whoever reads further down, types or
// marks text gets a bar that says how many there are. Without this file the list is as it was when it was opened.
(function () {
  const gerai = (window.gerai = window.gerai || {});
  const bar = document.getElementById("sales-news");
  if (!bar || !gerai.live) return;
  const FIRST_MS = 300;
  const BETWEEN_MS = 1500;
  // As far as one may have scrolled and still see the first row where it was.
  const TOP_PX = 140;
  const button = bar.querySelector("button");
  let waiting = 0;
  let asked = 0;

  const place = () => document.querySelector("#list [data-newest]");

  function isReading() {
    const active = document.activeElement;
    const types = active && active.matches("input, select, textarea, [contenteditable]");
    const marks = String(getSelection()).trim() !== "";
    return document.hidden || types || marks || window.scrollY > TOP_PX || document.querySelector(".dropdown-menu.show, dialog[open]");
  }

  function refresh() {
    bar.hidden = true;
    const address = new URL(location.href);
    address.searchParams.delete("c");
    htmx.ajax("GET", address.pathname + address.search, { target: "#list", swap: "outerHTML" });
    totals();
  }

  function totals() {
    const box = document.getElementById("sales-totals");
    if (box) htmx.trigger(box, "gerai:refresh");
  }

  async function ask() {
    waiting = 0;
    asked = Date.now();
    const newest = place();
    if (!newest) return;
    if (newest.dataset.follows && !isReading()) {
      refresh();
      return;
    }
    const address = new URL(bar.dataset.news, location.origin);
    new URLSearchParams(location.search).forEach((value, name) => name !== "c" && address.searchParams.append(name, value));
    address.searchParams.set("at", newest.dataset.newest);
    address.searchParams.set("after", newest.dataset.id);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const news = await answer.json();
      bar.hidden = !news.count;
      button.querySelector("span").textContent = news.words;
    } catch {
      // No connection: live.js says when it is back, and the page asks again.
    }
  }

  function hear() {
    if (waiting) return;
    waiting = setTimeout(ask, Math.max(FIRST_MS, asked + BETWEEN_MS - Date.now()));
  }

  button.addEventListener("click", () => {
    window.scrollTo({ top: 0 });
    const newest = place();
    if (newest && newest.dataset.follows) refresh();
    else location.href = bar.dataset.first;
  });
  gerai.live.on("ppob.sales.new", hear);
  document.addEventListener("gerai:live-resumed", hear);
  // Filtered or paged by htmx: the bar spoke of another list, and the sums are another's.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "list" && event.detail.elt?.id !== "list") return;
    bar.hidden = true;
  });
})();
