import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

/// What the tests of whole clusters build with.
enum Fixtures {
    static func cluster(nodes: Int = 5, zones: Int = 3, seed: UInt64 = 1, keepsDigest: Bool = false) -> Cluster {
        var configuration = Cluster.Configuration()
        configuration.nodes = nodes
        configuration.zones = zones
        configuration.seed = seed
        configuration.keepsDigest = keepsDigest
        let cluster = Cluster(configuration)
        cluster.boot()
        return cluster
    }

    static func deployment(_ name: String, image: String = "nginx:1.29", replicas: Int = 3) -> Deployment {
        var container = Container()
        container.name = name
        container.image = image
        var port = ContainerPort()
        port.containerPort = 80
        container.ports = [port]
        var resources = ResourceRequirements()
        resources.requests = ["cpu": "100m", "memory": "64Mi"]
        container.resources = resources
        var deployment = Deployment(name: name, namespace: "default")
        deployment.spec.replicas = replicas
        deployment.spec.selector = LabelSelector(matchLabels: ["app": name])
        deployment.spec.template.metadata.labels = ["app": name]
        deployment.spec.template.spec.containers = [container]
        return deployment
    }

    static func service(_ name: String, type: String = "ClusterIP") -> Service {
        var port = ServicePort()
        port.port = 80
        var service = Service(name: name, namespace: "default")
        service.spec.selector = ["app": name]
        service.spec.type = type
        service.spec.ports = [port]
        return service
    }
}
