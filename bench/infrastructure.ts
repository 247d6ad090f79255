import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Files, writeFiles } from './generate.ts'
import { BICEP_CHANGE, generateBicep, LARGE_BICEP } from './infrastructure/bicep-tree.ts'
import { LARGE_TERRAFORM, SMALL_TERRAFORM } from './infrastructure/terraform-size.ts'
import { ENVIRONMENT_CHANGE, generateTerraform, MODULE_CHANGE } from './infrastructure/terraform-tree.ts'
import { type Measure, measure } from './measure.ts'

/** A repository of Terraform and Bicep: reviews of one changed line each, and what it takes to read and parse both versions once. */
export interface InfrastructureResult {
  readonly terraformFiles: number
  readonly bicepFiles: number
  /** Of all files, in UTF-16 units, which are bytes here. */
  readonly size: number
  readonly changes: readonly {
    readonly what: string
    readonly review: Measure
    readonly reference: Measure
  }[]
  /** Missing where no Checkov was given. */
  readonly checkov?: CheckovResult
}

/** A scan of a small Terraform repository by Checkov, and by `ringfence audit`. */
interface CheckovResult {
  readonly version: string
  readonly files: number
  readonly size: number
  readonly checkov: Pick<Measure, 'seconds' | 'processor'>
  readonly audit: Measure
}

interface Change {
  readonly what: string
  readonly path: string
  readonly was: string
  readonly is: string
}

const CHANGES: readonly Change[] = [
  { what: 'a line in the variable file of one environment', ...ENVIRONMENT_CHANGE },
  { what: 'a line in a Terraform module of 40 environments', ...MODULE_CHANGE },
  { what: 'a line in a Bicep module of 12 environments', ...BICEP_CHANGE },
]

const REFERENCE = join(import.meta.dirname, 'infrastructure/reference.mjs')
/** The yardstick uses single parsers, which the bundle does not give out: `npm run build` leaves them there. */
const BUILD = process.env['RINGFENCE_BUILD'] ?? join(import.meta.dirname, '../build')
/** Path of a Checkov to compare with. */
const CHECKOV = process.env['CHECKOV']
const RUNS = 3

/** Writes the files of all versions below `work`; `cli` is the program that is measured. */
export function benchInfrastructure(cli: string, work: string): InfrastructureResult {
  const files: Files = new Map([...generateTerraform(LARGE_TERRAFORM), ...generateBicep(LARGE_BICEP)])
  const base = join(work, 'infrastructure')
  writeFiles(base, files)
  const changes = CHANGES.map((change, index) => {
    const head = join(work, `infrastructure-${index}`)
    writeFiles(head, withChange(files, change))
    const commands = [
      [cli, 'review', '--base', base, '--head', head, '--format', 'json'],
      [REFERENCE, BUILD, base, head],
    ]
    const [review, reference] = measure(commands, RUNS)
    return { what: change.what, review: review!, reference: reference! }
  })
  const paths = [...files.keys()]
  return {
    terraformFiles: paths.filter((path) => /\.tf(vars)?$/.test(path)).length,
    bicepFiles: paths.filter((path) => /\.bicep(param)?$/.test(path)).length,
    size: sizeOf(files),
    changes,
    ...(CHECKOV !== undefined && { checkov: benchCheckov(CHECKOV, cli, work) }),
  }
}

function withChange(files: Files, { path, was, is }: Change): Files {
  const text = files.get(path)
  if (text?.includes(was) !== true) throw new Error(`${path} does not hold ${was}`)
  return new Map(files).set(path, text.replace(was, is))
}

function benchCheckov(program: string, cli: string, work: string): CheckovResult {
  const files = generateTerraform(SMALL_TERRAFORM)
  const folder = join(work, 'terraform')
  writeFiles(folder, files)
  const [audit] = measure([[cli, 'audit', folder, '--format', 'json']], RUNS)
  return {
    version: execFileSync(program, ['--version'], { encoding: 'utf8' }).trim(),
    files: files.size,
    size: sizeOf(files),
    checkov: runCheckov(program, folder, work),
    audit: audit!,
  }
}

/** Once: it takes long enough that the drift of the machine matters little. Modules are not fetched, as with ours. */
function runCheckov(program: string, folder: string, work: string): CheckovResult['checkov'] {
  const scan = [program, '--directory', folder, '--framework', 'terraform', '--output', 'json', '--soft-fail']
  const before = performance.now()
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%U %S"; { time "$@" >"$0/checkov.json" 2>"$0/checkov.log"; } 2>&1', work, ...scan],
    { encoding: 'utf8' },
  )
  const seconds = (performance.now() - before) / 1000
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
  const [user, system] = stdout.trim().split(' ').map(Number)
  return { seconds, processor: user! + system! }
}

function sizeOf(files: Files): number {
  return [...files.values()].reduce((sum, text) => sum + text.length, 0)
}

/** The results as a section of the page. */
export function infrastructureSection(result: InfrastructureResult | undefined): string {
  if (result === undefined) return ''
  const { terraformFiles, bicepFiles, size, changes, checkov } = result
  const rows = changes.map(
    ({ what, review, reference }) =>
      `| ${what} | ${review.seconds.toFixed(2)} s | ${(review.processor / reference.processor).toFixed(1)}× | ${Math.round(review.memory)} MiB |`,
  )
  return `
A repository of ${count(terraformFiles)} Terraform files, with modules of modules and 40 environments, and ${count(bicepFiles)} Bicep files, ${megabytes(size)} MB
together, read from folders. The yardstick is one process that reads the files of both versions once by content and parses them with
the same parsers, and does not evaluate them:

| change | review | to parsing | memory |
| --- | ---: | ---: | ---: |
${rows.join('\n')}
${checkov === undefined ? '' : checkovSection(checkov)}`
}

function checkovSection({ version, files, size, checkov, audit }: CheckovResult): string {
  const row = (name: string, { seconds, processor }: Pick<Measure, 'seconds' | 'processor'>) =>
    `| ${name} | ${seconds.toFixed(2)} s | ${processor.toFixed(2)} s |`
  return `
All of a smaller Terraform repository, ${count(files)} files of ${megabytes(size)} MB, looked at once. Checkov has rules for more than the network, and
follows no packets:

| program | time | processor time |
| --- | ---: | ---: |
${row('`ringfence audit`', audit)}
${row(`Checkov ${version}`, checkov)}
`
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function megabytes(size: number): string {
  return (size / 1e6).toFixed(1)
}
