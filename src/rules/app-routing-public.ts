import { knownValue, surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const appRoutingPublic = defineRule({
  id: 'app-routing-public',
  meta: {
    title: 'Application routing publishes its controller on the internet',
    severity: 'medium',
    concepts: ['ingress-risk'],
    layer: 'ingress',
    why: 'The default controller of the add-on gets a public load balancer unless it is set to be internal.',
    fix: 'Make the default controller internal where the internet need not reach it.',
    sources: ['https://learn.microsoft.com/azure/aks/create-nginx-ingress-private-controller'],
  },

  /** Yields a hit for each cluster with the add-on and a default controller that is certainly public. */
  *check(view) {
    for (const { object, addons } of azureOf(view).clusters.all) {
      const { webAppRouting, defaultIngressController: controller } = addons
      const type = knownValue(controller)
      if (!surely(webAppRouting, true) || (type !== 'AnnotationControlled' && type !== 'External')) continue
      yield azureHit(view, {
        object,
        at: controller.known ? (writtenOrigin(controller) ?? webAppRouting.origin) : undefined,
        severity: 'medium',
        say: `runs the application routing add-on, whose default NGINX controller ${type === 'External' ? 'has' : 'gets'} a public load balancer${type === 'External' ? '' : ' unless annotations say otherwise'}: each Ingress of its class is on the internet. Make the controller internal where that is not meant.`,
        fix: () =>
          controller.known
            ? inPlace(
                setProperty(object, controller, {
                  arm: 'properties.ingressProfile.webAppRouting.nginx.defaultIngressControllerType',
                  azurerm: ['web_app_routing', 'default_nginx_controller'],
                  value: 'Internal',
                }),
                'Gives the default controller an internal load balancer.',
              )
            : undefined,
      })
    }
  },

  merge: mergeAzure,

  /** An internal load balancer. */
  patch: (hit) => hit.fix?.(),
})
