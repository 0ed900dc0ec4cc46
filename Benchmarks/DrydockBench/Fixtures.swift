import KubeAPI

/// What is measured with.
enum Fixtures {
    static func deployment(replicas: Int) -> Deployment {
        var container = Container()
        container.name = "web"
        container.image = "nginx:1.29"
        var resources = ResourceRequirements()
        resources.requests = ["cpu": "50m", "memory": "64Mi"]
        container.resources = resources
        var deployment = Deployment(name: "web", namespace: "default")
        deployment.spec.replicas = replicas
        deployment.spec.selector = LabelSelector(matchLabels: ["app": "web"])
        deployment.spec.template.metadata.labels = ["app": "web"]
        deployment.spec.template.spec.containers = [container]
        return deployment
    }

    static func service(_ name: String) -> Service {
        var service = Service(name: name, namespace: "default")
        var port = ServicePort()
        port.name = "http"
        port.port = 80
        service.spec.ports = [port]
        return service
    }

    static func slice(_ service: String, addresses: [String]) -> EndpointSlice {
        var slice = EndpointSlice(name: service, namespace: "default")
        slice.metadata.labels = ["kubernetes.io/service-name": service]
        slice.addressType = "IPv4"
        var port = DiscoveryEndpointPort()
        port.name = "http"
        port.port = 8080
        port.protocol = "TCP"
        slice.ports = [port]
        slice.endpoints = addresses.map { address in
            var endpoint = Endpoint()
            endpoint.addresses = [address]
            return endpoint
        }
        return slice
    }

    /// A pod as a cluster holds it: 2.8 KB.
    static let podJSON = """
        {"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-6d4cf56db6-x7k2p","generateName":"web-6d4cf56db6-",\
        "namespace":"default","uid":"5f0a9a0b-3a64-4b39-8f5f-0d4f4d1c7e11","resourceVersion":"184467","generation":1,\
        "creationTimestamp":"2026-01-01T00:00:10Z","labels":{"app":"web","pod-template-hash":"6d4cf56db6","tier":"front"},\
        "annotations":{"kubernetes.io/description":"the front of the shop"},"ownerReferences":[{"apiVersion":"apps/v1",\
        "kind":"ReplicaSet","name":"web-6d4cf56db6","uid":"0b6ad4c2-6f5c-49a2-a06c-1e8d8a2f6a50","controller":true,\
        "blockOwnerDeletion":true}]},"spec":{"volumes":[{"name":"kube-api-access-4xk2p","projected":{"sources":[\
        {"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[\
        {"key":"ca.crt","path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1",\
        "fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}}],"containers":[{"name":"web","image":"nginx:1.29",\
        "ports":[{"name":"http","containerPort":80,"protocol":"TCP"}],"env":[{"name":"MODE","value":"production"}],\
        "resources":{"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"50m","memory":"64Mi"}},"volumeMounts":[\
        {"name":"kube-api-access-4xk2p","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],\
        "readinessProbe":{"httpGet":{"path":"/","port":80,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,\
        "successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log",\
        "terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always",\
        "terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default",\
        "serviceAccount":"default","nodeName":"node-17","securityContext":{},"schedulerName":"default-scheduler",\
        "tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute",\
        "tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute",\
        "tolerationSeconds":300}],"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},\
        "status":{"phase":"Running","conditions":[{"type":"PodReadyToStartContainers","status":"True",\
        "lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:12Z"},{"type":"Initialized","status":"True",\
        "lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:10Z"},{"type":"Ready","status":"True",\
        "lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:13Z"},{"type":"PodScheduled","status":"True",\
        "lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:10Z"}],"hostIP":"172.18.0.18","podIP":"10.244.16.5",\
        "podIPs":[{"ip":"10.244.16.5"}],"startTime":"2026-01-01T00:00:10Z","containerStatuses":[{"name":"web",\
        "state":{"running":{"startedAt":"2026-01-01T00:00:12Z"}},"lastState":{},"ready":true,"restartCount":0,\
        "image":"nginx:1.29","imageID":"docker.io/library/nginx@sha256:1111","containerID":"containerd://2222",\
        "started":true}],"qosClass":"Burstable"}}
        """
}
