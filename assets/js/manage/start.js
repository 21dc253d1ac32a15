// The entry of administration: the page that the address names begins once Dash has built it.

import { t } from "../core/page.js";
import * as accounts from "./accounts.js";
import * as audit from "./audit.js";
import * as devices from "./devices.js";
import * as keys from "./keys.js";
import { tell } from "./said.js";

const PAGES = { accounts, audit, devices, keys };

function begin() {
  const place = document.querySelector("[data-manage]");
  if (!place) return false;
  PAGES[place.dataset.manage].start(place).catch((error) => tell(error.message ?? t("manage.lost"), true));
  return true;
}

if (!begin()) {
  const observer = new MutationObserver(() => begin() && observer.disconnect());
  observer.observe(document.getElementById("react-entry-point"), { childList: true, subtree: true });
}
