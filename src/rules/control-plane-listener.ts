import type { Edit } from '../base/edit.ts'
import { get, stringOf } from '../base/value.ts'
import { type Flag, isLoopback, type Program, readProgram } from '../model/kubernetes/program.ts'
import { workloadName } from '../model/kubernetes/workload.ts'
import { eachWorkload } from './each.ts'
import { append, replaceScalar } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { lastingContainers } from './facts/containers.ts'
import type { Severity } from './finding.ts'
import { defineRule } from './rule.ts'

export const controlPlaneListener = defineRule({
  id: 'control-plane-listener',
  meta: {
    title: 'Control plane component listens where it should not',
    severity: 'low',
    concepts: ['control-plane-listener'],
    layer: 'host',
    why: 'These programs command the cluster or its nodes. Whoever reaches a port of theirs that asks for no credentials needs none.',
    fix: 'Listen on 127.0.0.1 where only the node itself asks, and switch ports without authentication off.',
    sources: [
      'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/',
      'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/',
      'https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/',
      'https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.20.md',
    ],
  },

  /** Yields a hit for each flag, or missing flag, that opens a listener of a component which the tree runs as a container. */
  check: eachWorkload(function* (workload) {
    for (const container of lastingContainers(workload.podSpec)) {
      const program = readProgram(container)
      const name = program.names.find((word) => COMPONENTS.has(word))
      if (name === undefined) continue
      for (const { flag, written, severity, effect, wanted } of COMPONENTS.get(name)!(program)) {
        const what =
          written === undefined ? `does not set --${flag}` : `sets --${flag} to ${written.value || 'nothing'}`
        yield {
          resource: workload.resource.address,
          at: written?.word.origin ?? container.origin,
          severity,
          subject: `${workload.id} ${stringOf(get(container, 'name')) ?? ''} ${flag}`,
          message: `${workloadName(workload)} ${what}: ${name} ${effect}. Set it to ${wanted}.`,
          fix: () => inPlace(setFlag(program, flag, written, wanted), `Sets --${flag} to ${wanted}.`),
        }
      }
    }
  }),

  /** Writes the flag. */
  patch: (hit) => hit.fix?.(),
})

interface Listener {
  readonly flag: string
  /** Undefined where the flag is absent and its default opens the listener. */
  readonly written: Flag | undefined
  readonly severity: Severity
  /** What the component does, as the rest of a sentence. */
  readonly effect: string
  readonly wanted: string
}

const COMPONENTS: ReadonlyMap<string, (program: Program) => Iterable<Listener>> = new Map([
  ['kube-apiserver', apiServer],
  ['kube-controller-manager', (program: Program) => everyAddress(program, '10257')],
  ['kube-scheduler', (program: Program) => everyAddress(program, '10259')],
  ['kubelet', kubelet],
])

/** The ports without authentication went with 1.20 and their flags with 1.24; what is absent is therefore off, or on loopback. */
function* apiServer({ flags }: Program): Iterable<Listener> {
  const address = flags.get('insecure-bind-address')
  const port = flags.get('insecure-port')
  const isOpen = address !== undefined && address.value !== '' && !isLoopback(address.value)
  if (isOpen && port?.value !== '0') {
    yield {
      flag: 'insecure-bind-address',
      written: address,
      severity: 'high',
      effect: `answers there without asking who it is, to whoever reaches the node (up to Kubernetes 1.19; later ones refuse it)`,
      wanted: '127.0.0.1',
    }
  }
  if (port !== undefined && port.value !== '' && port.value !== '0') {
    yield {
      flag: 'insecure-port',
      written: port,
      severity: isOpen ? 'high' : 'medium',
      effect: `answers on that port without asking who it is, to ${isOpen ? 'whoever reaches the node' : 'every process of its node'} (up to Kubernetes 1.19; later ones refuse it)`,
      wanted: '0',
    }
  }
  const secure = flags.get('secure-port')
  if (secure?.value === '0') {
    yield {
      flag: 'secure-port',
      written: secure,
      severity: 'medium',
      effect:
        'serves no encrypted port, so clients are left with the one that asks for no credentials (newer versions refuse it)',
      wanted: '6443',
    }
  }
}

function* everyAddress({ flags, isWhole }: Program, port: string): Iterable<Listener> {
  const written = flags.get('bind-address')
  if (written === undefined ? !isWhole : isLoopback(written.value) || written.value === '') return
  if (flags.get('secure-port')?.value === '0') return
  const where = written === undefined || /^(?:0\.0\.0\.0|::)$/.test(written.value) ? 'every address' : 'that address'
  yield {
    flag: 'bind-address',
    written,
    severity: 'low',
    effect: `answers health and metrics on ${where} of its node (port ${flags.get('secure-port')?.value || port})`,
    wanted: '127.0.0.1',
  }
}

/** The flag's default is 10255; in a configuration file it is 0. */
function* kubelet({ flags, isWhole }: Program): Iterable<Listener> {
  const written = flags.get('read-only-port')
  if (written === undefined ? !isWhole || flags.has('config') : /^0?$/.test(written.value)) return
  yield {
    flag: 'read-only-port',
    written,
    severity: 'medium',
    effect: `tells whoever reaches the node about all pods of it on port ${written?.value ?? '10255'}, without asking who it is`,
    wanted: '0',
  }
}

function setFlag(
  { words }: Program,
  flag: string,
  written: Flag | undefined,
  wanted: string,
): readonly Edit[] | undefined {
  const text = `--${flag}=${wanted}`
  if (written !== undefined) return written.isOneWord ? replaceScalar(written.word, text) : undefined
  const { source, start } = words?.origin ?? {}
  if (words === undefined || source === undefined || start === undefined) return undefined
  if (!/\.ya?ml$/i.test(source.path) || words.origin.from !== undefined) return undefined
  if (source.text[start] !== '[') return append(words, [`- ${text}`])
  const { end } = words.items.at(-1)!.origin
  return [{ path: source.path, start: end, end, text: `, ${text}` }]
}
