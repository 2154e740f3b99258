/* Two ways for a script to say something: heard alone, or heard and seen until it is put away.
 * Nothing disappears by itself: whoever reads slowly reads it too.
 */
(() => {
  "use strict";

  const TOASTS_MAX = 3;

  function aloud(sentence) {
    const announcer = document.getElementById("announcer");
    if (announcer && sentence) announcer.textContent = sentence;
  }

  function seen(sentence) {
    const place = document.getElementById("toasts");
    if (!place || !sentence) return;
    const toast = document.createElement("div");
    const words = document.createElement("p");
    const away = document.createElement("button");
    toast.className = "toast";
    words.textContent = sentence;
    away.className = "link";
    away.type = "button";
    away.textContent = place.dataset.away;
    away.addEventListener("click", () => toast.remove());
    toast.append(words, away);
    place.append(toast);
    while (place.children.length > TOASTS_MAX) place.firstElementChild.remove();
  }

  document.addEventListener("keydown", (event) => {
    const last = document.querySelector("#toasts > :last-child");
    if (event.key === "Escape" && last && !document.querySelector("dialog[open]")) last.remove();
  });

  globalThis.say = { aloud, seen };
})();
