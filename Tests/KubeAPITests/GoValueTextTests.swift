import KubeAPI
import Testing

/// Values in messages of validation read as Go's internal types.
@Suite struct GoValueTextTests {
    private func text<Value: JSONCodable>(_: Value.Type, _ json: String) throws -> String {
        let value = try Value.decode(json)
        return FieldError.invalid("f", value, "").badValue ?? ""
    }

    @Test func plainFieldsHaveTheirZeroAndPointersNull() throws {
        #expect(
            try text(Taint.self, #"{"key":"a","effect":"NoSchedule"}"#)
                == #"{"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}"#)
        #expect(
            try text(RoleRef.self, #"{"kind":"Role","name":"r"}"#) == #"{"APIGroup":"","Kind":"Role","Name":"r"}"#)
        #expect(
            try text(StatefulSetUpdateStrategy.self, #"{"type":"X","rollingUpdate":{}}"#)
                == #"{"Type":"X","RollingUpdate":{"Partition":0,"MaxUnavailable":null}}"#)
        #expect(
            try text(ServicePort.self, #"{"port":80,"targetPort":"http"}"#)
                == #"{"Name":"","Protocol":"","AppProtocol":null,"Port":80,"TargetPort":"http","NodePort":0}"#)
        #expect(
            try text(ScopeSelector.self, #"{"matchExpressions":[{"scopeName":"PriorityClass","operator":"Exists"}]}"#)
                == #"{"MatchExpressions":[{"ScopeName":"PriorityClass","Operator":"Exists","Values":null}]}"#)
    }

    @Test func typesOfMetaAreThemselves() throws {
        #expect(try text(LabelSelector.self, #"{"matchLabels":{"a":"b"}}"#) == #"{"matchLabels":{"a":"b"}}"#)
        #expect(
            try text(PodDisruptionBudgetSpec.self, #"{"minAvailable":"10%","selector":{"matchLabels":{"a":"b"}}}"#)
                == #"{"MinAvailable":"10%","Selector":{"matchLabels":{"a":"b"}},"MaxUnavailable":null,"#
                + #""UnhealthyPodEvictionPolicy":null}"#)
        #expect(FieldError.invalid("f", ["a", "b"], "").badValue == #"["a","b"]"#)
    }

    @Test func listsOfThem() throws {
        var address = PodIP()
        address.ip = "10.0.0.1"
        #expect(FieldError.invalid("f", [address], "").badValue == #"[{"IP":"10.0.0.1"}]"#)
    }

    @Test func templatesOfPods() throws {
        let found = try text(
            PodTemplateSpec.self,
            #"""
            {"metadata":{"name":"n","labels":{"a":"b"},"annotations":{"c":"d"}},"spec":{"hostNetwork":true,
            "restartPolicy":"Never","containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"1"}}}],
            "volumes":[{"name":"v","configMap":{"name":"m"}}]}}
            """#)
        // The metadata is embedded.
        #expect(
            found.hasPrefix(
                #"{"name":"n","labels":{"a":"b"},"annotations":{"c":"d"},"Spec":{"Volumes":[{"Name":"v","HostPath":null,"#
                    + #""EmptyDir":null,"GCEPersistentDisk":null,"AWSElasticBlockStore":null,"#))
        #expect(found.contains(#""ConfigMap":{"Name":"m","Items":null,"DefaultMode":null,"Optional":null},"#))
        #expect(
            found.contains(
                #""InitContainers":null,"Containers":[{"Name":"c","Image":"i","Command":null,"Args":null,"#
                    + #""WorkingDir":"","Ports":null,"EnvFrom":null,"Env":null,"Resources":{"Limits":{"cpu":"1"},"#
                    + #""Requests":null,"Claims":null},"ResizePolicy":null,"RestartPolicy":null,"#))
        #expect(found.contains(#""Stdin":false,"StdinOnce":false,"TTY":false}],"EphemeralContainers":null,"#))
        // What a pod shares with its node is in its security context.
        #expect(
            found.contains(
                #""NodeName":"","SecurityContext":{"HostNetwork":true,"HostPID":false,"HostIPC":false,"#
                    + #""ShareProcessNamespace":null,"HostUsers":null,"SELinuxOptions":null,"WindowsOptions":null,"#))
    }
}
