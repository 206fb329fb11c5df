// SPDX-License-Identifier: MIT
// easy: a libcurl handle with the house rules, which every transfer of usher has.
//
// One protocol family only, also after a redirect; no proxy, from the environment or otherwise; no
// signals; never a wait for a slow name server's thread (without QUICK_EXIT one slow answer froze the
// whole loop for seconds); certificates checked.
#pragma once

#include <curl/curl.h>

// protocols as "http,https"; ca_file NULL: the system's certificates. Never NULL.
CURL *easy_open(const char *protocols, const char *ca_file);
