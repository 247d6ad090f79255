import type { ApplicationGateway, GatewayListener } from '../model/azure/application-gateway.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { knownValue, surely } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const gatewayNoTls = defineRule({
  id: 'gateway-no-tls',
  meta: {
    title: 'Application gateway serves plain HTTP',
    severity: 'medium',
    concepts: ['ingress-risk'],
    layer: 'ingress',
    why: 'Whoever stands between client and gateway reads and changes what is sent, sessions and passwords among it.',
    fix: 'Give the listener a certificate and HTTPS, and let one on port 80 do nothing but redirect.',
    sources: [
      'https://learn.microsoft.com/azure/application-gateway/configuration-listeners#protocol',
      'https://learn.microsoft.com/azure/application-gateway/redirect-http-to-https-portal',
    ],
  },

  /** Yields a hit for each gateway with a listener that surely takes plain HTTP and does more than send clients on to HTTPS. */
  *check(view) {
    const azure = azureOf(view)
    for (const gateway of azure.applicationGateways.all) {
      if (gateway.object.existing || isFilledIn(azure, gateway)) continue
      const plain = gateway.listeners.filter(servesPlain)
      const [first] = plain
      if (first === undefined) continue
      const isPublic = plain.some((listener) => hasPublicAddress(gateway, listener))
      const names = plain.map(({ name }) => knownValue(name) || 'a listener')
      yield azureHit(view, {
        object: gateway.object,
        at: first.protocol.origin,
        severity: isPublic ? 'medium' : 'low',
        extent: plain.length,
        say: `serves plain HTTP (${listNames(names)}): whoever stands between client and gateway can read and change what is sent. Use HTTPS, and let port 80 do nothing but redirect.`,
        decide: 'Which certificate the listener presents.',
      })
    }
  },

  merge: mergeAzure,
})

function servesPlain({ protocol, onlyRedirects }: GatewayListener): boolean {
  return protocol.known && protocol.value.toLowerCase() === 'http' && surely(onlyRedirects, false)
}

function hasPublicAddress({ frontends }: ApplicationGateway, { frontend }: GatewayListener): boolean {
  const wanted = knownValue(frontend)?.toLowerCase()
  return frontends.some(
    ({ name, publicIp }) =>
      (publicIp.kind === 'found' || publicIp.kind === 'outside') && knownValue(name)?.toLowerCase() === wanted,
  )
}

/** The ingress add-on of a cluster writes listeners of its own over those that a gateway is created with. */
function isFilledIn({ clusters }: AzureNetwork, { object }: ApplicationGateway): boolean {
  return clusters.all.some(({ addons }) => addons.gateway.kind === 'found' && addons.gateway.object === object)
}
