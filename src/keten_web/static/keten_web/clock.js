// SPDX-License-Identifier: EUPL-1.2
// Another language or theme while an answer stands on the page: make the choice, then ask the same again, because the
// site keeps nothing and could not. Without this script one comes back to an empty form.
"use strict";

const question = document.querySelector("form.question");
const answered = document.querySelector("#answer .outcome, #answer .faults");

for (const choice of document.querySelectorAll("form.choice")) {
  choice.addEventListener("submit", async (event) => {
    if (!answered) return;
    event.preventDefault();
    const sent = new FormData(choice, event.submitter);
    await fetch(choice.action, { method: "POST", body: new URLSearchParams(sent), redirect: "manual" });
    question.requestSubmit();
  });
}
