export const id = 318;
export const ids = [318];
export const modules = {

/***/ 5318:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   createOctokitHost: () => (/* binding */ createOctokitHost)
/* harmony export */ });
/* harmony import */ var _host_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6626);

const PER_PAGE = 100;
/** The host behind GitHub's REST API, and its GraphQL API for what REST lacks. */
function createOctokitHost(client, { owner, name }) {
    const repo = { owner, repo: name };
    const { rest } = client;
    return {
        pullRequest: (number) => attempt(`read pull request #${number}`, async () => {
            const { data } = await rest.pulls.get({ ...repo, pull_number: number });
            return { ...toPullRequest(data), mergeable: data.mergeable };
        }),
        pullRequestsFrom: (branch) => attempt('find the pull request of a branch', async () => {
            const parameters = { ...repo, head: branch, state: 'open', per_page: PER_PAGE };
            const found = await client.paginate(rest.pulls.list, parameters);
            return found.map((data) => ({ ...toPullRequest(data), mergeable: undefined }));
        }),
        changedFiles: (number) => attempt('list the changed files', async () => {
            const files = await client.paginate(rest.pulls.listFiles, { ...repo, pull_number: number, per_page: PER_PAGE });
            return files.map((file) => ({
                path: file.filename,
                id: file.sha ?? '',
                status: file.status,
                ...(file.patch !== undefined && { patch: file.patch }),
            }));
        }),
        comments: (number) => attempt('list the comments', async () => {
            const found = await client.paginate(rest.issues.listComments, {
                ...repo,
                issue_number: number,
                per_page: PER_PAGE,
            });
            return found.map(toComment);
        }),
        createComment: (number, body) => attempt('create the comment', async () => {
            const { data } = await rest.issues.createComment({ ...repo, issue_number: number, body });
            return toComment(data);
        }),
        updateComment: (id, body) => attempt('update the comment', async () => {
            const { data } = await rest.issues.updateComment({ ...repo, comment_id: id, body });
            return toComment(data);
        }),
        reviewComments: (number) => attempt('list the review comments', async () => {
            const parameters = { ...repo, pull_number: number, per_page: PER_PAGE };
            const found = await client.paginate(rest.pulls.listReviewComments, parameters);
            return found.map((data) => ({
                ...toComment(data),
                nodeId: data.node_id,
                path: data.path,
                ...(isNumber(data.line) && { line: data.line }),
                ...(isNumber(data.start_line) && { startLine: data.start_line }),
                ...(isNumber(data.in_reply_to_id) && { replyTo: data.in_reply_to_id }),
            }));
        }),
        createReview: (number, review) => attempt('create the review', async () => {
            await rest.pulls.createReview({
                ...repo,
                pull_number: number,
                commit_id: review.commit,
                body: review.body,
                event: 'COMMENT',
                comments: review.comments.map(({ path, body, line, startLine }) => ({
                    path,
                    body,
                    line,
                    side: 'RIGHT',
                    ...(startLine !== undefined && { start_line: startLine, start_side: 'RIGHT' }),
                })),
            });
        }),
        updateReviewComment: (id, body) => attempt('update a review comment', async () => {
            await rest.pulls.updateReviewComment({ ...repo, comment_id: id, body });
        }),
        deleteReviewComment: (id) => attempt('delete a review comment', async () => {
            await rest.pulls.deleteReviewComment({ ...repo, comment_id: id });
        }),
        minimizeComment: (nodeId) => attempt('fold a review comment away', async () => {
            await client.graphql('mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: RESOLVED}) { minimizedComment { isMinimized } } }', { id: nodeId });
        }),
        viewer: () => attempt("read the token's owner", async () => {
            const { viewer } = await client.graphql('query { viewer { login } }');
            return viewer.login;
        }),
        refCommit: (ref) => attempt(`read ${ref}`, async () => {
            const { data } = await rest.git.getRef({ ...repo, ref });
            return data.object.sha;
        }),
        parents: (commit) => attempt('read a commit', async () => {
            const { data } = await rest.git.getCommit({ ...repo, commit_sha: commit });
            return data.parents.map((parent) => parent.sha);
        }),
        mergeBase: (base, head) => attempt('find the merge base', async () => {
            // The commits and files that come with it are not wanted: the smallest page.
            const { data } = await rest.repos.compareCommitsWithBasehead({
                ...repo,
                basehead: `${base}...${head}`,
                per_page: 1,
            });
            return data.merge_base_commit.sha;
        }),
        blob: (id) => attempt('read a file', async () => {
            const { data } = await rest.git.getBlob({ ...repo, file_sha: id });
            return Buffer.from(data.content, data.encoding === 'base64' ? 'base64' : 'utf8');
        }),
        entries: (commit) => attempt('list the files of a commit', async () => {
            const { data } = await rest.git.getTree({ ...repo, tree_sha: commit, recursive: '1' });
            if (data.truncated)
                throw new _host_js__WEBPACK_IMPORTED_MODULE_0__/* .HostError */ .d('refused', 'GitHub lists only a part of the files: the repository is too large');
            return data.tree.flatMap((entry) => toEntry(entry));
        }),
        tarball: (commit) => attempt('read the files of a commit', async () => {
            const { data } = await rest.repos.downloadTarballArchive({ ...repo, ref: commit });
            return new Uint8Array(data);
        }),
    };
}
/** Git's modes of what stands in a tree; folders are left off. Source: git-scm.com/docs/git-fast-import#_filemodify */
function toEntry(entry) {
    const { path, sha, size } = entry;
    if (path === undefined || sha === undefined || entry.mode === '040000')
        return [];
    const kind = entry.mode === '120000' ? 'symlink' : entry.mode === '160000' ? 'submodule' : 'file';
    return [{ path, kind, id: sha, ...(size !== undefined && { size }) }];
}
function toPullRequest(data) {
    const headRepository = data.head.repo?.full_name ?? '';
    return {
        number: data.number,
        state: data.state === 'open' ? 'open' : 'closed',
        head: data.head.sha,
        headRepository,
        fork: headRepository !== data.base.repo.full_name,
        author: data.user?.login ?? '',
        base: data.base.sha,
    };
}
function toComment(data) {
    return { id: data.id, body: data.body ?? '', url: data.html_url, author: toAuthor(data.user) };
}
function toAuthor(user) {
    return { login: user?.login ?? '', bot: user?.type === 'Bot' };
}
function isNumber(value) {
    return typeof value === 'number';
}
/** Turns whatever a request throws into a {@link HostError}; an answer of another shape than GitHub's is one too. */
async function attempt(what, run) {
    try {
        return await run();
    }
    catch (error) {
        if (error instanceof _host_js__WEBPACK_IMPORTED_MODULE_0__/* .HostError */ .d)
            throw error;
        throw toHostError(what, error);
    }
}
function toHostError(what, error) {
    const { status, message, response } = error;
    const text = `could not ${what}: ${message ?? 'unknown error'}`;
    const options = { cause: error };
    const limited = status === 429 || response?.headers?.['x-ratelimit-remaining'] === '0' || /\brate limit/i.test(message ?? '');
    if (limited && (status === 403 || status === 429 || status === undefined))
        return new _host_js__WEBPACK_IMPORTED_MODULE_0__/* .HostError */ .d('rate-limit', text, options);
    if (status === 401 || status === 403)
        return new _host_js__WEBPACK_IMPORTED_MODULE_0__/* .HostError */ .d('forbidden', text, options);
    if (status === 404)
        return new _host_js__WEBPACK_IMPORTED_MODULE_0__/* .HostError */ .d('not-found', text, options);
    if (status === 422)
        return new _host_js__WEBPACK_IMPORTED_MODULE_0__/* .HostError */ .d('refused', text, options);
    // A GraphQL answer is 200 even where the token may not do it.
    if (/resource not accessible|forbidden/i.test(message ?? ''))
        return new _host_js__WEBPACK_IMPORTED_MODULE_0__/* .HostError */ .d('forbidden', text, options);
    return new _host_js__WEBPACK_IMPORTED_MODULE_0__/* .HostError */ .d('unavailable', text, options);
}


/***/ })

};
