// Runs the checks, the tests, the comparison of dist/ with its source and the corpora, and counts what passed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

interface Count {
  readonly passed: number
  readonly failed: number
}
interface Corpus {
  readonly name: string
  readonly args: readonly string[]
  /** Where the figure stands in the comparer's output; its first group is the number of agreements, or the share. */
  readonly figure: string
  /** The least that may come out. Floors only rise. */
  readonly floor: number
}

const ROOT = resolve(import.meta.dirname, '..')
const SHARED = resolve(ROOT, '../shared')
const CLI = `${process.execPath} ${join(ROOT, 'dist/cli.js')}`
const counts: Count[] = []

step('check', () => commandCount('npm', ['run', '--silent', 'check']))
step('tests', testCount)
step('docs', () => commandCount('npm', ['run', '--silent', 'docs', '--', '--check']))
step('dist', distCount)
for (const corpus of JSON.parse(readFileSync(join(ROOT, '.ci/floors.json'), 'utf8')) as Corpus[]) {
  step(`corpus ${corpus.name}`, () => corpusCount(corpus))
}

const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

function step(name: string, run: () => Count): void {
  const start = performance.now()
  console.log(`\n== ${name}`)
  const count = run()
  counts.push(count)
  console.log(
    `== ${name}: ${count.failed === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - start) / 1000).toFixed(0)} s`,
  )
}

function commandCount(command: string, args: readonly string[]): Count {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/** Vitest's own figures, from its JSON report; a crash before it is written counts as a failure. */
function testCount(): Count {
  const file = join(mkdtempSync(join(tmpdir(), 'ringfence-ci-')), 'tests.json')
  const args = ['test', '--', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const { status } = spawnSync('npm', args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
  if (!existsSync(file)) return { passed: 0, failed: 1 }
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(file, 'utf8')) as Record<
    string,
    number
  >
  if (numPendingTests) console.log(`${numPendingTests} skipped: a skipped test fails here`)
  const failed = (numFailedTests ?? 0) + (numPendingTests ?? 0)
  return { passed: numPassedTests ?? 0, failed: failed === 0 && status !== 0 ? 1 : failed }
}

/** dist/ is what the source builds: built again, git must see no difference, new files included. */
function distCount(): Count {
  const built = commandCount('npm', ['run', '--silent', 'build'])
  if (built.failed > 0) return built
  const { stdout } = spawnSync('git', ['status', '--porcelain', '--', 'dist'], { cwd: ROOT, encoding: 'utf8' })
  if (stdout.trim() !== '') console.log(`dist/ is not what the source builds:\n${stdout}`)
  return stdout.trim() === '' ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

function corpusCount({ name, args, figure, floor }: Corpus): Count {
  const folder = name.replace(/ .*/, '')
  const script = join(SHARED, 'corpus', folder, 'compare.mjs')
  if (!existsSync(script)) {
    const required = process.env['CI'] === 'true'
    console.log(`${script} is not there: ${required ? 'required in CI' : 'skipped'}`)
    return { passed: 0, failed: required ? 1 : 0 }
  }
  const { stdout } = spawnSync(process.execPath, [script, '--cli', CLI, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  console.log(stdout.trim().split('\n').slice(-25).join('\n'))
  const match = new RegExp(figure, 'm').exec(stdout)
  const value = match?.[1] === undefined ? Number.NaN : Number(match[1])
  console.log(`${value} (floor ${floor})`)
  return value >= floor ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}
