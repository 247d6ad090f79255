import { dig, get } from '../base/value.ts'
import type { StateView } from '../compare/state-view.ts'
import type { Ingress } from '../model/kubernetes/ingress.ts'
import { entrySpan } from '../parse/yaml-span.ts'
import { PUBLIC_ADDRESSES } from '../reach/address-ranges.ts'
import { append, quoted } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { doorsByResource, proveDoor } from './facts/public-service.ts'
import { listNames } from './hits/listing.ts'
import { defineRule, type ProposedPatch } from './rule.ts'

export const ingressNoTls = defineRule({
  id: 'ingress-no-tls',
  meta: {
    title: 'Entry serves plain HTTP',
    severity: 'medium',
    concepts: ['ingress'],
    layer: 'ingress',
    why: 'Whoever stands between client and cluster reads and changes what is sent, sessions and passwords among it.',
    fix: 'Add a tls section with a certificate; controllers then redirect HTTP.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/ingress/#tls'],
  },

  /** Yields a hit for each Ingress or Route with a host that no certificate covers. */
  *check(view) {
    const doors = doorsByResource(view)
    for (const ingress of view.network.kubernetes.ingresses) {
      const plain = plainHosts(ingress)
      if (plain.length === 0 || servesTlsOtherwise(ingress)) continue
      const { resource } = ingress
      const isInternal = /internal|private/i.test(ingress.className ?? '') || isPrivateGateway(ingress)
      const rule = ingress.rules.find(({ host }) => plain.includes(host ?? '*'))
      const isAny = plain.includes('*')
      yield {
        resource: resource.address,
        at: rule?.origin ?? resource.origin,
        subject: view.identity(resource.address),
        ...(isInternal ? { severity: 'low' as const } : {}),
        extent: plain.length,
        message: `${resource.address} serves ${isAny ? 'every host name' : listNames(plain)} over plain HTTP: no certificate is named for ${isAny || plain.length > 1 ? 'them' : 'it'}. Whoever stands between client and cluster can read and change what is sent. Add a tls section with a certificate.`,
        get witness() {
          const door = doors.get(resource.address)?.[0]
          return proveDoor(view, door, PUBLIC_ADDRESSES, `${resource.address} serves HTTP on port 80`)
        },
        decide: 'Which Secret holds the certificate, or which issuer makes it.',
        fix: () => restoreTls(ingress, view.before, view.identity(resource.address)) ?? addTls(ingress, plain),
      }
    }
  },

  /** A tls section, where an annotation names an issuer that makes the certificate. */
  patch: (hit) => hit.fix?.(),
})

/** The hosts without certificate; `*` for a rule or default back end that takes every name. */
function plainHosts({ rules, tlsHosts, defaultBackend }: Ingress): readonly string[] {
  const hosts = rules.map(({ host }) => (host === undefined || host === '' ? '*' : host))
  if (rules.length === 0 && defaultBackend !== undefined) hosts.push('*')
  const isCovered = (host: string) =>
    tlsHosts.some(
      (name) =>
        name === '*' || name === host || (name.startsWith('*.') && host.slice(host.indexOf('.') + 1) === name.slice(2)),
    )
  return [...new Set(hosts)].filter((host) => (host === '*' ? tlsHosts.length === 0 : !isCovered(host)))
}

/** Application Gateway takes its certificate from an annotation; some classes end TLS before the Ingress. */
function servesTlsOtherwise({ annotations }: Ingress): boolean {
  return (
    annotations.has('appgw.ingress.kubernetes.io/appgw-ssl-certificate') ||
    annotations.get('kubernetes.io/ingress.allow-http') === 'false' ||
    annotations.has('kubernetes.azure.com/tls-cert-keyvault-uri')
  )
}

function isPrivateGateway({ annotations }: Ingress): boolean {
  return annotations.get('appgw.ingress.kubernetes.io/use-private-ip') === 'true'
}

/** The tls section of the base, where the change took all of it away. */
function restoreTls({ resource }: Ingress, before: StateView | undefined, address: string): ProposedPatch | undefined {
  const [spec, old] = [
    resource,
    before?.network.kubernetes.ingresses.find((each) => each.resource.address === address)?.resource,
  ].map((one) => get(one?.value, 'spec'))
  if (spec?.kind !== 'map' || old?.kind !== 'map' || spec.entries.has('tls')) return undefined
  const span = entrySpan(old, 'tls')
  if (span === undefined) return undefined
  const lines = old.origin.source.text.slice(span.start, span.end).trimEnd().split(/\r?\n/)
  const isBlock = lines.every((line) => line.trim() === '' || line.startsWith(span.indent))
  if (!isBlock || span.indent === '') return undefined
  const edits = append(
    spec,
    lines.map((line) => line.slice(span.indent.length)),
  )
  return inPlace(edits, `Brings the tls section of ${resource.address} back.`)
}

function addTls({ kind, name, resource, annotations }: Ingress, hosts: readonly string[]): ProposedPatch | undefined {
  const issuer = annotations.get('cert-manager.io/cluster-issuer') ?? annotations.get('cert-manager.io/issuer')
  const spec = get(resource.value, 'spec')
  if (kind !== 'Ingress' || issuer === undefined || hosts.includes('*') || spec?.kind !== 'map') return undefined
  const item = [`- hosts:`, ...hosts.map((host) => `    - ${quoted(host)}`), `  secretName: ${quoted(`${name}-tls`)}`]
  const list = dig(spec, 'tls')
  const edits = list?.kind === 'list' ? append(list, item) : append(spec, ['tls:', ...item.map((line) => `  ${line}`)])
  return inPlace(edits, `Serves ${listNames(hosts)} with a certificate of the issuer ${issuer}.`)
}
