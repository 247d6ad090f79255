export const id = 463;
export const ids = [463];
export const modules = {

/***/ 4463:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   createClient: () => (/* binding */ createClient)
/* harmony export */ });
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8500);
/* harmony import */ var _actions_github_lib_utils__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7176);
/* harmony import */ var _octokit_plugin_throttling__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6856);
/* harmony import */ var _octokit_rest__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1267);




const LIMITS = {
    timeoutMs: 60_000,
    retries: 2,
    longestWaitSeconds: 60,
    pauseMs: 1_000,
    maxBytes: 512 * 1024 * 1024,
};
/**
 * The one maker of a GitHub client. It honours the proxy variables of a self-hosted runner (as `@actions/github` does), the
 * rate limits (`plugin-throttling`: one write a second, waits that GitHub asks for) and ends every request in bounded time.
 */
function createClient(options) {
    const limits = { ...LIMITS, ...options.limits };
    const mayWait = (what) => (seconds, request, _, retried) => {
        const again = retried < limits.retries && seconds <= limits.longestWaitSeconds;
        options.onWait(`GitHub's ${what} is reached; ${again ? `waiting ${seconds} s` : `it asks to wait ${seconds} s`} (${request.method})`);
        return again;
    };
    // `defaults` of @actions/github fetch by way of the runner's proxy.
    const fetchOnce = boundedFetch(_actions_github_lib_utils__WEBPACK_IMPORTED_MODULE_1__/* .defaults */ .NT.request?.fetch ?? globalThis.fetch, limits);
    const settings = {
        baseUrl: options.apiUrl,
        userAgent: 'ringfence',
        throttle: { onRateLimit: mayWait('rate limit'), onSecondaryRateLimit: mayWait('secondary rate limit') },
        // Octokit warns of deprecated routes on the console; what we print goes through one place only.
        log: { debug() { }, info() { }, warn: options.onWait, error: options.onWait },
        request: { fetch: retryingFetch(fetchOnce, limits, options.onWait), agent: undefined },
    };
    return new (_octokit_rest__WEBPACK_IMPORTED_MODULE_2__/* .Octokit */ .E.plugin(_octokit_plugin_throttling__WEBPACK_IMPORTED_MODULE_3__/* .throttling */ .A))((0,_actions_github_lib_utils__WEBPACK_IMPORTED_MODULE_1__/* .getOctokitOptions */ .EG)(options.token, settings));
}
/**
 * Reads the whole answer before it hands it on, within one time limit and one size limit.
 *
 * Octokit takes an answer that breaks off in its body for an empty one, which must not pass for "no comments".
 */
function boundedFetch(fetch, limits) {
    return async (url, init) => {
        const response = await fetch(url, { ...init, signal: AbortSignal.timeout(limits.timeoutMs) });
        const chunks = [];
        let size = 0;
        for await (const chunk of response.body ?? []) {
            size += chunk.byteLength;
            if (size > limits.maxBytes)
                throw new Error(`the answer is larger than ${limits.maxBytes} bytes`);
            chunks.push(chunk);
        }
        const body = size === 0 ? null : Buffer.concat(chunks, size);
        return new Response(body, {
            status: response.status,
            statusText: response.statusText,
            headers: [...response.headers],
        });
    };
}
/**
 * Sends a request again after a failure of the server or of the connection. A POST is not: it may have been carried out, and a
 * second one would make a second comment. Rate limits are left to the throttling plugin, which knows them by their text.
 */
function retryingFetch(fetch, limits, onWait) {
    return async (url, init) => {
        for (let attempt = 0;; attempt++) {
            const mayRetry = attempt < limits.retries && (init.method !== 'POST' || url.endsWith('/graphql'));
            const pause = limits.pauseMs * 2 ** attempt;
            try {
                const response = await fetch(url, init);
                const wait = await pauseFor(response, pause);
                if (!mayRetry || wait === undefined || wait > limits.longestWaitSeconds * 1_000)
                    return response;
                onWait(`GitHub answers ${response.status}; trying again in ${wait / 1_000} s`);
                await (0,node_timers_promises__WEBPACK_IMPORTED_MODULE_0__.setTimeout)(wait);
            }
            catch (error) {
                if (!mayRetry)
                    throw error;
                onWait(`GitHub cannot be reached; trying again in ${pause / 1_000} s`);
                await (0,node_timers_promises__WEBPACK_IMPORTED_MODULE_0__.setTimeout)(pause);
            }
        }
    };
}
/** Milliseconds to wait before the request is sent again, or undefined where the answer is final. */
async function pauseFor(response, pause) {
    if (response.status >= 500)
        return pause;
    if (response.status !== 429 || response.headers.get('x-ratelimit-remaining') === '0')
        return undefined;
    if (/\bsecondary rate\b/i.test(await response.clone().text()))
        return undefined;
    const seconds = Number(response.headers.get('retry-after'));
    return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : pause;
}


/***/ })

};
