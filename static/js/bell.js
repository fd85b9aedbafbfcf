// The bell: its number follows the inbox, and what is new is said once, softly. Without this file it is a link.
(function () {
  const gerai = (window.gerai = window.gerai || {});
  const bell = document.getElementById("bell");
  if (!bell) return;
  const SHOWN_UP_TO = 99;
  // Many hear the same news at once; they do not all ask in the same moment.
  const SPREAD_MS = 400;
  const badge = bell.querySelector(".bell-count");
  const number = bell.querySelector("[data-unread]");

  function show(unread) {
    badge.hidden = !unread;
    number.textContent = unread > SHOWN_UP_TO ? `${SHOWN_UP_TO}+` : String(unread);
  }

  async function ask(id) {
    try {
      const answer = await fetch(bell.dataset.news + (id ? `?id=${id}` : ""), {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      if (!answer.ok || answer.redirected) return;
      const news = await answer.json();
      show(news.unread);
      // Who looks at another tab sees the number when they come back.
      if (news.note && !document.hidden) gerai.toast(news.note.text, news.note.tone);
    } catch {
      // No connection: live.js says when it is back, and the number is asked for again.
    }
  }

  document.addEventListener("gerai:unread", (event) => show(event.detail.unread));
  document.addEventListener("gerai:live-resumed", () => ask());
  window.addEventListener("pageshow", (event) => event.persisted && ask());
  if (gerai.live) {
    gerai.live.on(`notifications.person.${bell.dataset.person}`, (data) =>
      setTimeout(() => ask(data.id), Math.random() * SPREAD_MS),
    );
  }
})();
