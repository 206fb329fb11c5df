// SPDX-License-Identifier: MIT
#include "world/easy.h"

#include <assert.h>

CURL *easy_open(const char *protocols, const char *ca_file)
{
    CURL *easy = curl_easy_init();
    assert(easy); // fails only without memory
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, protocols);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (ca_file) curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    return easy;
}
