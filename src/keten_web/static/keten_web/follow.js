// SPDX-License-Identifier: EUPL-1.2
// A question that takes longer: show how far it is, and put the answer in its place when it is there.
// Without it one loads the page again.
"use strict";

const BETWEEN = 1000;

async function follow(section) {
  const bar = section.querySelector("progress");
  const says = section.querySelector("[role=status]");
  try {
    for (;;) {
      if (!section.isConnected) return;
      const progress = await (await fetch(section.dataset.inquiry)).json();
      if (!progress.is_open) break;
      if (progress.of) {
        bar.max = progress.of;
        bar.value = progress.done;
      }
      if (says.textContent !== progress.says) says.textContent = progress.says;
      await new Promise((resolve) => { setTimeout(resolve, BETWEEN); });
    }
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const answered = page.getElementById(section.id);
    if (answered && section.isConnected) section.replaceWith(document.adoptNode(answered));
  } catch (error) {
    // the page can be loaded again; what was asked goes on
  }
}

function followAll() {
  for (const section of document.querySelectorAll("[data-inquiry]")) follow(section);
}

followAll();
