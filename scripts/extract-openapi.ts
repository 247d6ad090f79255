/**
 * Writes `test/github/fixtures/github-openapi.json`: those operations of GitHub's OpenAPI description that the client uses, with
 * every schema that they refer to and without prose. The tests hold each request and response against it.
 *
 * The description is 13 MB in a package of 385 MB, so it is no dependency. To make the extract again:
 *
 *     npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz package/generated/api.github.com.json
 *     node scripts/extract-openapi.ts package/generated/api.github.com.json
 */
import { readFileSync, writeFileSync } from 'node:fs'

const OPERATIONS = [
  'repos/get',
  'pulls/get',
  'pulls/list-files',
  'pulls/list-reviews',
  'pulls/create-review',
  'pulls/list-review-comments',
  'pulls/get-review-comment',
  'pulls/update-review-comment',
  'pulls/delete-review-comment',
  'pulls/create-reply-for-review-comment',
  'issues/list-comments',
  'issues/create-comment',
  'issues/get-comment',
  'issues/update-comment',
  'issues/delete-comment',
  'pulls/list',
  'repos/compare-commits-with-basehead',
  'repos/download-tarball-archive',
  'git/get-ref',
  'git/get-commit',
  'git/get-blob',
  'git/get-tree',
]

/** Keys that only people read; examples are as long as the schemas. */
const PROSE = new Set([
  'description',
  'example',
  'examples',
  'summary',
  'externalDocs',
  'tags',
  'x-github',
  'x-multi-segment',
])

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const from = process.argv[2]
if (from === undefined) throw new Error('name the description: node scripts/extract-openapi.ts FILE')
const description = JSON.parse(readFileSync(from, 'utf8')) as { [key: string]: Json }
const info = description['info'] as { version: string }

const paths: { [path: string]: { [method: string]: Json } } = {}
const missing = new Set(OPERATIONS)
for (const [path, methods] of Object.entries(description['paths'] as { [path: string]: { [method: string]: Json } })) {
  for (const [method, operation] of Object.entries(methods)) {
    const id = (operation as { operationId?: string }).operationId ?? ''
    if (!missing.delete(id)) continue
    paths[path] ??= {}
    paths[path][method] = withoutProse(operation)
  }
}
if (missing.size > 0) throw new Error(`no such operation: ${[...missing].join(', ')}`)

const components: { [key: string]: { [key: string]: Json } } = {}
follow(paths as unknown as Json)
const extract = {
  openapi: description['openapi'],
  info: {
    title: 'Extract of the GitHub v3 REST API',
    version: info.version,
    'x-package': '@octokit/openapi',
    license: 'MIT',
  },
  paths,
  components,
}
writeFileSync(new URL('../test/github/fixtures/github-openapi.json', import.meta.url), `${JSON.stringify(extract)}\n`)

/** Copies every component that `node` refers to, and what those refer to. */
function follow(node: Json): void {
  const waiting: Json[] = [node]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === null || typeof next !== 'object') continue
    if (!Array.isArray(next) && typeof next['$ref'] === 'string') {
      const [, , kind, name] = next['$ref'].split('/') as [string, string, string, string]
      components[kind] ??= {}
      if (components[kind][name] === undefined) {
        const all = description['components'] as { [kind: string]: { [name: string]: Json } }
        components[kind][name] = kind === 'examples' ? {} : withoutProse(all[kind]![name]!)
        waiting.push(components[kind][name])
      }
    }
    waiting.push(...(Array.isArray(next) ? next : Object.values(next)))
  }
}

/** A property may be named `description`, so names under `properties` stay whatever they are. */
function withoutProse(node: Json, named = false): Json {
  if (Array.isArray(node)) return node.map((item) => withoutProse(item))
  if (node === null || typeof node !== 'object') return node
  const kept: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(node)) {
    if (named || !PROSE.has(key)) kept[key] = withoutProse(value, !named && key === 'properties')
  }
  return kept
}
