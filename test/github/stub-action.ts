/**
 * The action with a small analysis in place of the real one, so that what it does on GitHub is tested by itself: a line
 * `cidr: 0.0.0.0/0` that is new is a finding with a patch of one line, `{{{` in a changed file cannot be judged.
 */
import { createHash } from 'node:crypto'
import type { Options } from '../../src/config/options.ts'
import { runAction } from '../../src/github/run-action.ts'
import type { Stages } from '../../src/github/runner.ts'
import { judge } from '../../src/judge.ts'
import { createProcessRunner } from '../../src/process-runner.ts'
import type { AuditReport, Coverage, ReviewReport } from '../../src/report/review-report.ts'
import type { Finding, FindingStatus } from '../../src/rules/finding.ts'
import type { Tree } from '../../src/source/tree.ts'

const NOTHING = { added: [], removed: [], changed: [] }

const stages: Stages = {
  rules: new Set(['egress-internet']),
  review({ base, head, options }): ReviewReport {
    const before = new Map(findAll(base, 'fixed').map((finding) => [finding.fingerprint, finding]))
    const after = new Map(findAll(head, 'introduced').map((finding) => [finding.fingerprint, finding]))
    const introduced = [...after.values()].filter(({ fingerprint }) => !before.has(fingerprint))
    const fixed = [...before.values()].filter(({ fingerprint }) => !after.has(fingerprint))
    const changed = head.entries.filter(({ path, id }) => base.entry(path)?.id !== id).map(({ path }) => path)
    const coverage = coverageOf(head, changed)
    const counts = {
      introduced: introduced.length,
      worsened: 0,
      fixed: fixed.length,
      improved: 0,
      existing: 0,
      suppressed: 0,
    }
    const connection = (finding: Finding) => ({
      from: finding.resource,
      to: 'internet',
      before: '',
      after: 'any',
      certain: true,
    })
    return {
      schemaVersion: 1,
      base: { tree: base.name },
      head: { tree: head.name },
      summary: { ...counts, ...judge(introduced, coverage, options) },
      connections: NOTHING,
      exposure: { ingress: NOTHING, egress: { ...NOTHING, added: introduced.map(connection) } },
      findings: [...introduced, ...fixed],
      coverage,
    }
  },
  audit({ tree, options }): AuditReport {
    const findings = findAll(tree, 'existing')
    const coverage = coverageOf(tree, [])
    const counts = { introduced: 0, worsened: 0, fixed: 0, improved: 0, existing: findings.length, suppressed: 0 }
    const summary = { ...counts, ...judgeAudit(findings, coverage, options) }
    return { schemaVersion: 1, head: { tree: tree.name }, summary, findings, coverage }
  },
  judgeAudit,
  sarif: () => '{"version":"2.1.0"}\n',
}

process.exitCode = await runAction(createProcessRunner(process.env, new Date()), stages)

function judgeAudit(findings: readonly Finding[], coverage: Coverage, options: Options) {
  return judge(findings, coverage, options, [], () => true)
}

function findAll(tree: Tree, status: FindingStatus): readonly Finding[] {
  return texts(tree).flatMap(([file, text]) =>
    text
      .split('\n')
      .flatMap((content, i) => (content.includes('cidr: 0.0.0.0/0') ? [toFinding(file, i + 1, content, status)] : [])),
  )
}

function toFinding(file: string, line: number, content: string, status: FindingStatus): Finding {
  const text = content.replace('0.0.0.0/0', '10.0.0.0/8')
  const path = [{ layer: 'network-policy', verdict: 'allow', rule: 'the rule', resource: file, file, line }] as const
  return {
    rule: 'egress-internet',
    concepts: ['egress'],
    severity: 'high',
    status,
    title: 'Workload can reach the whole internet',
    message: `${file} opens egress to any address.`,
    resource: `NetworkPolicy/shop/${file}`,
    file,
    line,
    endLine: line,
    layer: 'network-policy',
    witness: { packet: { from: 'shop/web', to: 'internet', protocol: 'TCP', port: 443 }, path },
    patch: {
      files: [{ path: file, diff: `--- a/${file}\n+++ b/${file}\n@@ -${line} +${line} @@\n-${content}\n+${text}\n` }],
      verified: true,
      suggestion: { file, startLine: line, endLine: line, text },
      summary: 'Narrows the range.',
    },
    fingerprint: createHash('sha256').update(`${file} ${content}`).digest('hex').slice(0, 16),
  }
}

function coverageOf(tree: Tree, changed: readonly string[]): Coverage {
  const broken = texts(tree).filter(([, text]) => text.includes('{{{'))
  return {
    units: [{ kind: 'manifests', path: '.', resources: texts(tree).length - broken.length }],
    notAnalysed: broken.map(([file]) => ({ file, line: 1, reason: 'it is broken', changed: changed.includes(file) })),
    notes: [],
  }
}

function texts(tree: Tree): readonly (readonly [string, string])[] {
  return tree.entries.flatMap(({ path }) => {
    const read = path.endsWith('.yaml') ? tree.read(path) : undefined
    return read?.ok === true ? [[path, read.source.text] as const] : []
  })
}
