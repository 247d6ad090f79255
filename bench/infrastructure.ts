import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { type Files, writeFiles } from './generate.ts'
import { BICEP_CHANGE, generateBicep, LARGE_BICEP } from './infrastructure/bicep-tree.ts'
import { LARGE_TERRAFORM, SMALL_TERRAFORM, type TerraformSize } from './infrastructure/terraform-size.ts'
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
    /** Both versions read, evaluated and modelled, as far as the change makes them differ. */
    readonly model?: Measure
    /** The same with all facts of all states, those that are equal in both versions too. */
    readonly wholeModel?: Measure
  }[]
  /** By size; missing where no Checkov was given. */
  readonly checkov?: readonly CheckovResult[]
}

/** A scan of a Terraform repository by Checkov, and by `ringfence audit`. */
interface CheckovResult {
  readonly version: string
  readonly files: number
  readonly size: number
  readonly checkov: Pick<Measure, 'seconds' | 'processor'>
  /** Set where Checkov was stopped after so much processor time, in seconds. */
  readonly stopped?: true
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
const MODEL = join(import.meta.dirname, 'infrastructure/model.mjs')
/** Path of a Checkov to compare with. */
const CHECKOV = process.env['CHECKOV']
/** Seconds of processor time after which it is stopped. */
const CHECKOV_LIMIT = 550
/** What a shell says of a program that was ended so. */
const KILLED = 137
const RUNS = 3

/** Writes the files of all versions below `work`; `cli` is the program that is measured. */
export async function benchInfrastructure(cli: string, work: string): Promise<InfrastructureResult> {
  const [modelling, parsing] = [await bundle(MODEL, work), await bundle(REFERENCE, work)]
  const files: Files = new Map([...generateTerraform(LARGE_TERRAFORM), ...generateBicep(LARGE_BICEP)])
  const base = join(work, 'infrastructure')
  writeFiles(base, files)
  const changes = CHANGES.map((change, index) => {
    const head = join(work, `infrastructure-${index}`)
    writeFiles(head, withChange(files, change))
    const commands = [
      [cli, 'review', '--base', base, '--head', head, '--format', 'json'],
      [modelling, 'changed', base, head],
      [modelling, 'all', base, head],
      [parsing, base, head],
    ]
    const [review, model, wholeModel, reference] = measure(commands, RUNS)
    return { what: change.what, review: review!, reference: reference!, model: model!, wholeModel: wholeModel! }
  })
  const paths = [...files.keys()]
  return {
    terraformFiles: paths.filter((path) => /\.tf(vars)?$/.test(path)).length,
    bicepFiles: paths.filter((path) => /\.bicep(param)?$/.test(path)).length,
    size: sizeOf(files),
    changes,
    ...(CHECKOV !== undefined && {
      checkov: [SMALL_TERRAFORM, LARGE_TERRAFORM].map((size) => benchCheckov(CHECKOV, size, cli, work)),
    }),
  }
}

function withChange(files: Files, { path, was, is }: Change): Files {
  const text = files.get(path)
  if (text?.includes(was) !== true) throw new Error(`${path} does not hold ${was}`)
  return new Map(files).set(path, text.replace(was, is))
}

function benchCheckov(program: string, terraform: TerraformSize, cli: string, work: string): CheckovResult {
  const files = generateTerraform(terraform)
  const folder = join(work, `terraform-${files.size}`)
  writeFiles(folder, files)
  const [audit] = measure([[cli, 'audit', folder, '--format', 'json']], RUNS)
  return {
    version: execFileSync(program, ['--version'], { encoding: 'utf8' }).trim(),
    files: files.size,
    size: sizeOf(files),
    ...runCheckov(program, folder, work),
    audit: audit!,
  }
}

/** Once: it takes long enough that the drift of the machine matters little. Modules are not fetched, as with ours. */
function runCheckov(program: string, folder: string, work: string): Pick<CheckovResult, 'checkov' | 'stopped'> {
  const scan = [program, '--directory', folder, '--framework', 'terraform', '--output', 'json', '--soft-fail']
  const before = performance.now()
  const { status, stdout, stderr } = spawnSync(
    'bash',
    [
      '-c',
      `ulimit -t ${CHECKOV_LIMIT}; TIMEFORMAT="%U %S"; { time "$@" >"$0/checkov.json" 2>"$0/checkov.log"; } 2>&1`,
      work,
      ...scan,
    ],
    { encoding: 'utf8' },
  )
  const seconds = (performance.now() - before) / 1000
  const [user, system] = stdout.trim().split(/\s+/).slice(-2).map(Number)
  const checkov = { seconds, processor: user! + system! }
  if (status === KILLED) return { checkov, stopped: true }
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
  return { checkov }
}

function sizeOf(files: Files): number {
  return [...files.values()].reduce((sum, text) => sum + text.length, 0)
}

/** The results as a section of the page. */
export function infrastructureSection(result: InfrastructureResult | undefined): string {
  if (result === undefined) return ''
  const { terraformFiles, bicepFiles, size, changes, checkov } = result
  const cells = (measure: Measure | undefined, reference: Measure) =>
    measure === undefined
      ? '– | –'
      : `${(measure.processor / reference.processor).toFixed(1)}× | ${Math.round(measure.memory)} MiB`
  const rows = changes.map(
    ({ what, review, reference, model, wholeModel }) =>
      `| ${what} | ${cells(model, reference)} | ${cells(wholeModel, reference)} | ${review.seconds.toFixed(2)} s | ${cells(review, reference)} |`,
  )
  return `
A repository of ${count(terraformFiles)} Terraform files, with modules of modules and 40 environments, and ${count(bicepFiles)} Bicep files, ${megabytes(size)} MB
together, read from folders. The yardstick is one process that reads the files of both versions once by content and parses them with
the same parsers, and does not evaluate them. Modelling is reading, evaluating and modelling both versions: of the states that the
change makes differ, as a review does it, and of all states, equal ones too. A review also compares, applies all rules and verifies patches:

| change | model what differs, to parsing | memory | model all, to parsing | memory | review | to parsing | memory |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
${checkov === undefined ? '' : checkovSection(checkov)}`
}

function checkovSection(results: readonly CheckovResult[]): string {
  const row = (
    name: string,
    { files, size }: CheckovResult,
    { seconds, processor }: Pick<Measure, 'seconds' | 'processor'>,
    note = '',
  ) =>
    `| ${name} | ${count(files)} | ${megabytes(size)} MB | ${seconds.toFixed(2)} s | ${processor.toFixed(2)} s${note} |`
  const rows = results.flatMap((result) => [
    row('`ringfence audit`', result, result.audit),
    row(
      `Checkov ${result.version}`,
      result,
      result.checkov,
      result.stopped ? ', not finished' : `, ${(result.checkov.processor / result.audit.processor).toFixed(0)}×`,
    ),
  ])
  return `
All of a Terraform repository, looked at once. Checkov has rules for more than the network, follows no packets, and evaluates root
modules with the defaults of their variables; \`audit\` evaluates them once for each environment:

| program | files | size | time | processor time |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function megabytes(size: number): string {
  return (size / 1e6).toFixed(1)
}
