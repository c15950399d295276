#!/bin/sh
# Brings what the end-to-end tests run in: Chromium, and for Electron a display (Xvfb). Where they cannot be installed,
# the tests that need them are skipped and say so.
has() { command -v "$1" >/dev/null 2>&1; }
if { has chromium || has chromium-browser || has google-chrome; } && has xvfb-run; then exit 0; fi
[ "$(uname)" = Linux ] || exit 0
if has apt-get && [ "$(id -u)" = 0 ]; then
  echo 'test: installing chromium and xvfb for the end-to-end tests' >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium xvfb xauth; } \
    >/dev/null 2>&1 || echo 'test: they cannot be installed: the tests in a browser are skipped' >&2
else
  echo 'test: for the end-to-end tests install chromium and xvfb (Debian, Ubuntu: apt install chromium xvfb)' >&2
fi
exit 0
