// SPDX-License-Identifier: EUPL-1.2
// A study is being made: look again after a while, unless somebody is filling something in.
"use strict";

const PERIOD = 4000;

setInterval(() => {
  if (!document.activeElement?.closest("form")) location.reload();
}, PERIOD);
