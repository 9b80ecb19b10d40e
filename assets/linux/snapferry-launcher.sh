#!/bin/sh
# Whoever starts this must not be able to make Node load something else.
unset NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS
exec @lib@/node @lib@/snapferry.mjs "$@"
