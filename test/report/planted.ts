import type { ConnectionChange } from '../../src/compare/change.ts'
import type { AuditReport, ReviewReport } from '../../src/report/review-report.ts'
import type { Finding } from '../../src/rules/finding.ts'
import { BASE_SHA, finding, HEAD_SHA, SILENT } from './sample.ts'

/** A review with a name in every place that comes from the tree. Order and number of everything do not depend on the name. */
export function plantedReview(name: string): ReviewReport {
  const change = (kind: string, part: Partial<ConnectionChange>): ConnectionChange => ({
    from: `${kind}-from/${name}`,
    to: `${kind}-to/${name}`,
    before: '',
    after: '',
    certain: true,
    states: [`state-${name}`],
    cause: {
      file: `k8s/${name}.yaml`,
      line: 3,
      resource: `NetworkPolicy/shop/${name}`,
      why: `the rule ${name} allows it`,
    },
    ...part,
  })
  return {
    ...SILENT,
    base: { tree: `base-${name}` },
    head: { tree: `head-${name}` },
    summary: { ...SILENT.summary, introduced: 4, fixed: 1, verdict: 'fail', reason: `new finding, ${name}` },
    connections: {
      added: [change('a', { after: `TCP ${name}` })],
      removed: [change('b', { before: `TCP ${name}`, certain: false })],
      changed: [change('c', { before: `TCP ${name}`, after: `UDP ${name}` })],
    },
    exposure: {
      ingress: { added: [change('d', { after: 'TCP 80' })], removed: [change('e', { before: 'TCP 80' })], changed: [] },
      egress: { added: [], removed: [], changed: [change('f', { before: 'TCP 80', after: 'TCP 81' })] },
    },
    findings: [
      plantedFinding(name, 'one', { severity: 'critical' }),
      plantedFinding(name, 'two', {
        severity: 'high',
        status: 'worsened',
        patch: undefined,
        decide: `Decide about ${name}.`,
      }),
      plantedFinding(name, 'three', { severity: 'medium' }),
      plantedFinding(name, 'four', { severity: 'low' }),
      plantedFinding(name, 'five', { severity: 'medium', status: 'fixed' }),
    ],
    proposedSuppressions: [
      {
        rule: `rule-${name}`,
        reason: `because ${name}`,
        expires: `2027-${name}`,
        file: `.github/${name}.yml`,
        line: 4,
      },
    ],
    coverage: plantedCoverage(name),
  }
}

/** As {@link plantedReview}. */
export function plantedAudit(name: string): AuditReport {
  const { findings, summary, head, coverage } = plantedReview(name)
  return {
    schemaVersion: 1,
    head,
    summary,
    findings: findings.map((one) => ({ ...one, status: 'existing' })),
    coverage,
  }
}

export const LINKS = {
  serverUrl: 'https://github.com',
  repository: 'acme/shop',
  baseSha: BASE_SHA,
  headSha: HEAD_SHA,
  runUrl: 'https://github.com/acme/shop/actions/runs/8123',
  rulesUrl: 'https://github.com/acme/ringfence/blob/v1/docs/rules',
}

export const CONTEXT = {
  links: LINKS,
  base: { sha: BASE_SHA, ref: 'main' },
  head: { sha: HEAD_SHA },
  marker: { key: 'default', head: HEAD_SHA, run: '8123.1' },
  inlineCount: 1,
}

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined }

function plantedFinding(name: string, label: string, part: Optional<Finding>): Finding {
  const resource = `NetworkPolicy/${label}/${name}`
  const from = `from-${label}/${name}`
  const whole = {
    ...finding(),
    resource,
    message: `${from} can now reach to-${label}/${name}, because ${resource} allows it. Narrow it, ${name}.`,
    file: `k8s/${label}/${name}.yaml`,
    states: [`state-${name}`],
    fingerprint: `00ff${label}`,
    witness: {
      packet: {
        from,
        to: `to-${label}/${name}`,
        sourceAddress: `10.0.0.1-${name}`,
        destinationAddress: `10.0.0.2-${name}`,
        protocol: 'TCP',
        port: 80,
        name: `host-${name}`,
      },
      path: [
        {
          layer: 'network-policy',
          verdict: 'allow',
          rule: `${resource} egress rule 1`,
          resource,
          file: `k8s/${name}.yaml`,
          line: 2,
        },
        { layer: 'nsg', verdict: 'unknown', rule: `nobody knows ${name}` },
      ],
    },
    patch: {
      verified: true,
      summary: `Allows ${name} alone, as the variable ${name} shows.`,
      files: [
        {
          path: `k8s/${label}/${name}.yaml`,
          diff: `--- a/k8s/${name}\n+++ b/k8s/${name}\n@@ -1,1 +1,1 @@\n-a: ${name}\n+b: ${name}\n`,
        },
      ],
      suggestion: { file: `k8s/${label}/${name}.yaml`, startLine: 1, endLine: 1, text: `b: ${name}` },
    },
    choices: [
      { layer: 'nsg', what: `Closes ${name} here.`, cost: `No charge for ${name}.`, files: [] },
      { layer: 'route', what: `Leads ${name} away.`, cost: 'No charge.', files: [] },
    ],
    elsewhere: [{ layer: 'firewall', what: `Denies ${name} there.`, cost: 'No charge.' }],
    ...part,
  }
  // A key that is set to undefined is to be absent.
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as unknown as Finding
}

function plantedCoverage(name: string): ReviewReport['coverage'] {
  return {
    units: [
      { kind: 'manifests', path: `k8s/${name}`, environment: `env ${name}`, state: `state ${name}`, resources: 3 },
    ],
    notAnalysed: [
      { file: `k8s/broken-${name}`, line: 3, reason: `unexpected ${name}`, changed: true },
      { file: `k8s/chart-${name}`, reason: `chart ${name} is not rendered`, changed: false },
    ],
    notes: [`It was assumed that ${name} holds.`],
  }
}
