// `npm run bench [kubernetes] [repository] [paths] [infrastructure]`: whole processes on generated input, against a reference in the same run.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changeOnePolicy, generateCluster, generateFolders, writeFiles } from './generate.ts'
import { benchInfrastructure } from './infrastructure.ts'
import { measure } from './measure.ts'
import { benchPaths } from './paths.ts'
import { writePage } from './plot.ts'
import { BENCHMARK, type ClusterResult, type RepositoryResult, readResults, writeResults } from './results.ts'

const CLI = process.env['RINGFENCE_CLI'] ?? join(import.meta.dirname, '../dist/cli.js')
const REFERENCE = join(import.meta.dirname, 'reference.mjs')
const wanted = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'ringfence-bench-'))
mkdirSync(BENCHMARK, { recursive: true })

try {
  const before = readResults()
  const isWanted = (part: string) => wanted.length === 0 || wanted.includes(part)
  writeResults({
    node: process.version,
    clusters: isWanted('kubernetes') ? [100, 1000, 10_000].map(benchCluster) : before.clusters,
    repository: isWanted('repository') ? benchRepository() : before.repository,
    paths: isWanted('paths') ? benchPaths(work) : before.paths,
    infrastructure: isWanted('infrastructure') ? await benchInfrastructure(CLI, work) : before.infrastructure,
  })
  writePage()
} finally {
  rmSync(work, { recursive: true, force: true })
}

function benchCluster(workloads: number): ClusterResult {
  const [base, head] = [join(work, `base-${workloads}`), join(work, `head-${workloads}`)]
  const files = generateCluster(workloads)
  writeFiles(base, files)
  writeFiles(head, changeOnePolicy(files))
  const commands = [
    [CLI, 'review', '--base', base, '--head', head, '--format', 'json'],
    [REFERENCE, base, head],
    [CLI, 'list', base],
    [REFERENCE, base],
  ]
  const [review, reviewReference, list, listReference] = measure(commands, workloads > 1000 ? 3 : 5)
  return {
    workloads,
    files: files.size,
    review: review!,
    reviewReference: reviewReference!,
    list: list!,
    listReference: listReference!,
  }
}

/** About 20,000 manifests in 1,500 folders, in git. */
function benchRepository(): RepositoryResult {
  const repository = join(work, 'repository')
  const files = generateFolders(1500, 13)
  writeFiles(repository, files)
  const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).trim()
  git('init', '--quiet')
  git('config', 'user.name', 'bench')
  git('config', 'user.email', 'bench@example.com')
  git('add', '.')
  git('commit', '--quiet', '--message', 'base')
  const base = git('rev-parse', 'HEAD')
  const commit = (path: string, was: string, is: string) => {
    writeFiles(repository, new Map([[path, files.get(path)!.replace(was, is)]]))
    git('commit', '--quiet', '--all', '--message', 'change')
    const id = git('rev-parse', 'HEAD')
    git('checkout', '--quiet', base)
    return id
  }
  const policy = commit('namespaces/0700-service/01-networkpolicy.yaml', 'port: 8080', 'port: 8081')
  const config = commit('namespaces/0700-service/05-config.yaml', 'info', 'debug')
  const reviewOf = (head: string) => [
    CLI,
    'review',
    '--repo',
    repository,
    '--base',
    base,
    '--head',
    head,
    '--format',
    'json',
  ]
  const commands = [[REFERENCE, join(repository, 'namespaces')], reviewOf(policy), reviewOf(config)]
  const [reference, review, silent] = measure(commands, 3)
  return { files: files.size, reference: reference!, review: review!, silent: silent! }
}
