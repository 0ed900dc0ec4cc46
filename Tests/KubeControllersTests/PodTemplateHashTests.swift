import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

/// The names of ReplicaSets against those that clusters of Kubernetes 1.36 give to the same Deployments.
@Suite struct PodTemplateHashTests {
    /// As `kubectl create deployment nginx --image=IMAGE` makes it, with a port perhaps.
    private func deployment(_ image: String, port: Int?) -> Deployment {
        var container = Container()
        container.name = "nginx"
        container.image = image
        if let port {
            var entry = ContainerPort()
            entry.containerPort = port
            container.ports = [entry]
        }
        var deployment = Deployment(name: "nginx", namespace: "default")
        deployment.spec.selector = LabelSelector(matchLabels: ["app": "nginx"])
        deployment.spec.template.metadata.labels = ["app": "nginx"]
        deployment.spec.template.spec.containers = [container]
        return deployment
    }

    @Test(arguments: [("nginx", nil, "7f8fbb96d"), ("nginx:1.14.2", 80, "6c5f67b5f7")] as [(String, Int?, String)])
    func deploymentsHaveTheNamesOfRealOnes(image: String, port: Int?, hash: String) throws {
        let cluster = try ControllerCluster()
        _ = cluster.start(DeploymentController.self)
        try cluster.user.create(deployment(image, port: port))
        cluster.settle()
        #expect(cluster.replicaSets().map(\.name) == ["nginx-" + hash])
        #expect(cluster.replicaSets().first?.labels["pod-template-hash"] == hash)
    }

    /// kubeadm's CoreDNS has quantities, affinity, tolerations, probes, a volume and a security context.
    @Test func coreDNSHasTheNameOfTheRealOne() throws {
        let cluster = try ControllerCluster()
        BootstrapObjects.install(on: cluster.server, nodes: [], certificateAuthority: "CA")
        let deployment = try cluster.get(Deployment.self, "coredns", namespace: "kube-system")
        #expect(deployment.spec.template.spec.containers.first?.image == "registry.k8s.io/coredns/coredns:v1.14.2")
        #expect(deployment.spec.template.hash(collisionCount: nil) == "589f44dc88")
    }

    private func dump(_ change: (inout PodTemplateSpec) -> Void) -> String {
        var template = PodTemplateSpec()
        change(&template)
        return String(decoding: template.goDump, as: UTF8.self)
    }

    @Test func whatIsNotSetIsPrintedToo() {
        let text = dump { $0.metadata.labels = ["b": "2", "a": "1"] }
        #expect(text.hasPrefix("(v1.PodTemplateSpec){ObjectMeta:(v1.ObjectMeta){Name:(string) GenerateName:(string) "))
        #expect(text.contains(" UID:(types.UID) "))
        #expect(text.contains(" CreationTimestamp:(v1.Time){Time:(time.Time){wall:(uint64)0 ext:(int64)0 "))
        #expect(text.contains(" Labels:(map[string]string)map[a:1 b:2] Annotations:(map[string]string)<nil> "))
        #expect(text.contains(" Spec:(v1.PodSpec){Volumes:([]v1.Volume)<nil> "))
        #expect(text.contains(" DNSPolicy:(v1.DNSPolicy) "))
        #expect(text.contains(" TerminationGracePeriodSeconds:(*int64)<nil> "))
        #expect(text.hasSuffix(" SchedulingGroup:(*v1.PodSchedulingGroup)<nil>}}"))
    }

    /// What Go's parser makes of canonical texts.
    @Test(arguments: [
        ("0", "value:(int64)0 scale:(resource.Scale)0", "<nil>", "0", ""),
        ("500m", "value:(int64)500 scale:(resource.Scale)-3", "<nil>", "500m", "DecimalSI"),
        ("2", "value:(int64)2 scale:(resource.Scale)0", "<nil>", "2", "DecimalSI"),
        ("5G", "value:(int64)5 scale:(resource.Scale)9", "<nil>", "5G", "DecimalSI"),
        ("1e3", "value:(int64)1 scale:(resource.Scale)3", "<nil>", "1e3", "DecimalExponent"),
        ("170Mi", "value:(int64)178257920 scale:(resource.Scale)0", "<nil>", "170Mi", "BinarySI"),
        (
            "1Pi", "value:(int64)0 scale:(resource.Scale)0",
            "{unscaled:(big.Int){neg:(bool)false abs:(big.nat)[1125899906842624]} scale:(inf.Scale)0}", "", "BinarySI"
        ),
    ])
    func quantitiesArePrintedAsGoKeepsThem(text: String, small: String, large: String, kept: String, format: String)
        throws
    {
        let quantity = try #require(Quantity(text))
        let printed = dump { template in
            var container = Container()
            container.resources = ResourceRequirements()
            container.resources?.limits["x"] = quantity
            template.spec.containers = [container]
        }
        #expect(
            printed.contains(
                "Limits:(v1.ResourceList)map[x:{i:(resource.int64Amount){\(small)} d:(resource.infDecAmount){"
                    + "Dec:(*inf.Dec)\(large)} s:(string)\(kept) Format:(resource.Format)\(format)}] "))
    }

    @Test func embeddedStructsAndPortsArePrintedAsGoNamesThem() {
        let printed = dump { template in
            var volume = Volume()
            volume.name = "v"
            volume.configMap = ConfigMapVolumeSource()
            volume.configMap?.name = "m"
            template.spec.volumes = [volume]
            var probe = Probe()
            probe.httpGet = HTTPGetAction()
            probe.httpGet?.port = .string("web")
            probe.periodSeconds = 10
            var container = Container()
            container.livenessProbe = probe
            template.spec.containers = [container]
        }
        #expect(printed.contains("Volumes:([]v1.Volume)[{Name:(string)v VolumeSource:(v1.VolumeSource){HostPath:(*v1."))
        #expect(
            printed.contains(
                "ConfigMap:(*v1.ConfigMapVolumeSource){LocalObjectReference:(v1.LocalObjectReference){Name:(string)m} "
                    + "Items:([]v1.KeyToPath)<nil> DefaultMode:(*int32)<nil> Optional:(*bool)<nil>}"))
        #expect(
            printed.contains(
                "LivenessProbe:(*v1.Probe){ProbeHandler:(v1.ProbeHandler){Exec:(*v1.ExecAction)<nil> "
                    + "HTTPGet:(*v1.HTTPGetAction){Path:(string) Port:(intstr.IntOrString){Type:(intstr.Type)1 "
                    + "IntVal:(int32)0 StrVal:(string)web} Host:(string) "))
        #expect(printed.contains("GRPC:(*v1.GRPCAction)<nil>} InitialDelaySeconds:(int32)0 "))
    }
}
