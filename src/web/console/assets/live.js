// The console's one script. Everything works without it: it refreshes live parts, offers to copy IDs, and tells of a file that is too long
// before it is sent.
"use strict";

(() => {
  const EVERY = 5000;

  // A live part is what its address answers, asked again every five seconds while somebody looks.
  const refresh = async (part) => {
    if (document.hidden || part.contains(document.activeElement)) return;
    try {
      const reply = await fetch(part.dataset.live, { redirect: "manual", credentials: "same-origin" });
      if (reply.ok) {
        part.innerHTML = await reply.text();
        part.removeAttribute("data-stale");
        // What it was about has ended: the page has more to show now.
        if (part.querySelector("[data-done]")) location.reload();
        offerCopies(part);
      } else {
        // Signed out, or the service is stopping: what is shown is old.
        part.dataset.stale = reply.type === "opaqueredirect" ? "Signed out: load the page again." : "Not refreshed.";
      }
    } catch {
      part.dataset.stale = "The service does not answer; what is shown is old.";
    }
  };

  // A button beside the texts that people copy.
  const offerCopies = (within) => {
    for (const text of within.querySelectorAll("[data-copy]")) {
      if (!navigator.clipboard || text.querySelector("button")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(text.dataset.copy);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
      });
      text.append(" ", button);
    }
  };

  // The listener ends the connection of a form that is too long, so that a browser may show nothing of its answer. The rest of the form
  // needs some bytes, too.
  const REST = 4096;
  for (const input of document.querySelectorAll("input[type=file][data-max]")) {
    input.addEventListener("change", () => {
      const isLong = [...input.files].some((file) => file.size > Number(input.dataset.max) - REST);
      input.setCustomValidity(isLong ? "The file is too long to be uploaded: import it with smi import." : "");
    });
  }

  for (const part of document.querySelectorAll("[data-live]")) setInterval(refresh, EVERY, part);
  offerCopies(document);
})();
