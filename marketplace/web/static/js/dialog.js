/* A page that asks once more, shown over the page it was asked from.
 *
 * The link leads to a whole page that does the same; whatever goes wrong here leads there. The form is sent as on
 * that page, so that its answer is the next page.
 */
(() => {
  "use strict";

  let asking = false;

  const plainClick = (event) =>
    !event.defaultPrevented && !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

  async function askedAt(address) {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return answer.ok ? page.querySelector(".confirm") : null;
  }

  function show(question) {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "confirm-title");
    dialog.append(document.adoptNode(question));
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (event) => {
      const back = event.target.closest(".button-text");
      if (!back && event.target !== dialog) return;
      event.preventDefault();
      dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  document.addEventListener("click", async (event) => {
    const link = event.target.closest && event.target.closest("a[data-dialog]");
    if (!link || !plainClick(event) || !window.HTMLDialogElement) return;
    event.preventDefault();
    if (asking) return; // pressed twice: one question is enough
    asking = true;
    try {
      const question = await askedAt(link.href);
      if (question) show(question);
      else location.assign(link.href);
    } catch {
      location.assign(link.href);
    } finally {
      asking = false;
    }
  });
})();
