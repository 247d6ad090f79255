import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/base/problem.ts'
import { commitParents, ensureCommit, hasCommit } from '../../src/source/commits.ts'
import { openTree } from '../../src/source/open-tree.ts'
import { cloneRepository, createRepository } from './repository.ts'

const TOKEN = 'ghs_veryS3cret'
const origin = createRepository()
origin.git('config', 'uploadpack.allowAnySHA1InWant', 'true')
origin.write({ 'a.yaml': 'before\n' })
origin.commit('root')
origin.write({ 'b.yaml': 'main\n' })
const base = origin.commit('on main')
origin.git('checkout', '-q', '-b', 'topic', 'HEAD^')
origin.write({ 'a.yaml': 'after\n' })
const topic = origin.commit('on topic')
origin.git('checkout', '-q', 'main')
origin.git('merge', '-q', '--no-ff', '-m', 'test merge', 'topic')
const merge = origin.git('rev-parse', 'HEAD')
const clones = [origin]
afterAll(() => {
  for (const clone of clones) clone.remove()
})

function shallowClone() {
  const clone = cloneRepository(origin, '--depth=1')
  clones.push(clone)
  return clone
}

describe('commitParents', () => {
  it('gives the first parent first', () => {
    expect(commitParents(origin.folder, merge)).toEqual([base, topic])
  })

  it('tells the parents of a depth-1 clone, which lacks them', () => {
    const clone = shallowClone()
    expect(commitParents(clone.folder, 'HEAD')).toEqual([base, topic])
    expect(hasCommit(clone.folder, merge)).toBe(true)
    expect(hasCommit(clone.folder, base)).toBe(false)
  })

  it('gives none for a root commit, and reads no parents out of the message', () => {
    origin.git('checkout', '-q', '--orphan', 'lonely')
    const root = origin.commit(`x\n\nparent ${base}`)
    origin.git('checkout', '-q', 'main')
    expect(commitParents(origin.folder, root)).toEqual([])
  })

  it.each(['no-such', '--help', '', 'HEAD\nHEAD'])('refuses %j', (name) => {
    expect(() => commitParents(origin.folder, name)).toThrow(InputError)
  })
})

describe('ensureCommit', () => {
  it('fetches the commit alone and writes no ref', () => {
    const clone = shallowClone()
    const refs = clone.git('for-each-ref')
    ensureCommit(clone.folder, base, { token: TOKEN })
    expect(hasCommit(clone.folder, base)).toBe(true)
    expect(clone.git('for-each-ref')).toBe(refs)
    expect(() => readFileSync(join(clone.folder, '.git', 'FETCH_HEAD'))).toThrow()
    const tree = openTree(base, { repo: clone.folder })
    tree.prefetch(['a.yaml'])
    expect(tree.read('a.yaml')).toMatchObject({ source: { text: 'before\n' } })
  })

  it('runs no hook of the clone and does not tidy it up', () => {
    const clone = shallowClone()
    const trap = join(clone.folder, '.git', 'trap')
    writeFileSync(trap, `#!/bin/sh\ntouch '${trap}.sprung'\n`, { mode: 0o755 })
    // Each fetch then leaves more packs than the limit, and git tidies up after it unless it is told not to.
    for (const setting of ['gc.auto', 'gc.autoPackLimit', 'fetch.unpackLimit']) clone.git('config', setting, '1')
    mkdirSync(join(clone.folder, '.git', 'hooks'), { recursive: true })
    copyFileSync(trap, join(clone.folder, '.git', 'hooks', 'pre-auto-gc'))
    ensureCommit(clone.folder, base)
    openTree(base, { repo: clone.folder }).read('a.yaml')
    expect(existsSync(`${trap}.sprung`)).toBe(false)
  })

  it('does nothing where the commit is there', () => {
    expect(() => ensureCommit(origin.folder, base, { remote: 'nowhere' })).not.toThrow()
  })

  it('says what to put into the workflow where it cannot fetch', () => {
    const clone = shallowClone()
    clone.git('remote', 'remove', 'origin')
    expect(() => ensureCommit(clone.folder, base)).toThrow(/actions\/checkout "fetch-depth: 2".*"github-token"/)
    clone.git('remote', 'add', 'origin', 'https://github.example/acme/shop')
    expect(() => ensureCommit(clone.folder, base)).toThrow(/fetch-depth: 2/)
  })

  it('says so when the remote lacks the commit', () => {
    const clone = shallowClone()
    const missing = '1'.repeat(40)
    expect(() => ensureCommit(clone.folder, missing, { token: TOKEN })).toThrow(/git says: /)
  })

  it.each(['--upload-pack=touch pwned', 'HEAD', 'abc', ''])('takes nothing but an id: %j', (id) => {
    expect(() => ensureCommit(origin.folder, id)).toThrow(/is not a commit id/)
  })

  it.each(['--upload-pack=touch pwned', 'ext::sh -c "touch pwned"'])('takes nothing but a remote: %j', (remote) => {
    const clone = shallowClone()
    expect(() => ensureCommit(clone.folder, base, { remote, token: TOKEN })).toThrow(InputError)
    expect(clone.git('status', '--porcelain')).toBe('')
  })

  it('gives the token to the remote alone, by a header, and never prints it', async () => {
    const clone = shallowClone()
    const seen: IncomingHttpHeaders[] = []
    const server = createServer((request, response) => {
      seen.push(request.headers)
      response.writeHead(403).end(`no ${request.headers.authorization}`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    // The call blocks, so it runs in a process of its own and the server can answer.
    const { spawn } = await import('node:child_process')
    const script = `import { ensureCommit } from ${JSON.stringify(join(import.meta.dirname, '../../src/source/commits.ts'))}
      try { ensureCommit(${JSON.stringify(clone.folder)}, '${base}', { remote: 'http://127.0.0.1:${port}/acme/shop', token: process.env.TEST_TOKEN }) }
      catch (error) { console.log(error.name + ': ' + error.message) }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TEST_TOKEN: TOKEN },
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    await new Promise((resolve) => child.on('close', resolve))
    server.close()
    const basic = Buffer.from(`x-access-token:${TOKEN}`).toString('base64')
    expect(seen.map((headers) => headers.authorization)).toEqual([`basic ${basic}`])
    expect(output).toMatch(/InputError: this clone lacks the commit/)
    expect(output).not.toContain(TOKEN)
    expect(output).not.toContain(basic)
  })
})
