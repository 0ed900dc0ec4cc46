import ClusterCore
import KubeAPI
import KubeClient
import KubeNode

/// Commands to a kubelet and what it then writes, in one text file: lines that begin with `> ` are commands, lines
/// that begin with `#` and empty lines are prose, all others are what was written during the command before them.
///
///     > create NAME @exit-after=2s {"containers": […]}    a pod with `drydock.dev/` annotations and this spec
///     > delete NAME [SECONDS]                              with a grace period of its own
///     > put {"apiVersion": "v1", "kind": "Secret", …}      another object, made or replaced
///     > take KIND NAME                                     and taken away
///     > run 10s
///     > poweroff, poweron, cut (off the network), heal
///
/// Times are seconds since the node was up.
struct Transcript {
    /// Runs the commands of a file and returns the file as it should be.
    static func replay(_ text: String) throws -> String {
        let node = TestNode()
        node.boot()
        let start = node.loop.now
        var output: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty || line.hasPrefix("#") {
                output.append(String(line))
            } else if line.hasPrefix("> ") {
                output.append(String(line))
                try perform(String(line.dropFirst(2)), node)
                output += node.timeline(since: start)
            }
        }
        return output.joined(separator: "\n")
    }

    struct Mistake: Error { var line: String }

    private static func perform(_ command: String, _ node: TestNode) throws {
        let words = command.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count > 1 ? words[1] : ""
        switch words[0] {
        case "create": try node.create(try pod(rest))
        case "delete":
            let parts = rest.split(separator: " ").map(String.init)
            try node.delete(parts[0], grace: parts.count > 1 ? Int(parts[1]) : nil)
        case "put": try put(rest, node)
        case "take":
            let parts = rest.split(separator: " ").map(String.init)
            guard let kind = Catalogue.kind(apiVersion: "v1", kind: parts[0]) else { throw Mistake(line: command) }
            let namespace = kind.info.isNamespaced ? "default" : ""
            try node.client.asUser { () throws(StatusError) in
                _ = try node.client.delete(ObjectKey(kind, namespace: namespace, name: parts[1]), DeleteOptions())
            }
        case "run":
            guard let time = Interval(goDuration: rest) else { throw Mistake(line: command) }
            node.run(time)
        case "poweroff": node.kubelet.powerOff()
        case "poweron": node.kubelet.powerOn()
        case "cut": node.client.isCutOff = true
        case "heal": node.client.isCutOff = false
        default: throw Mistake(line: command)
        }
    }

    private static func put(_ text: String, _ node: TestNode) throws {
        let json = Array(text.utf8)
        let head = try ObjectDecoding.typeMeta(json)
        guard let kind = Catalogue.kind(apiVersion: head.apiVersion, kind: head.kind) else { throw Mistake(line: text) }
        let object = try ObjectDecoding.decode(json, as: kind).object
        try node.client.asUser { () throws(StatusError) in
            if node.client.object(object.key) == nil {
                _ = try node.client.create(object, WriteOptions())
            } else {
                _ = try node.client.update(object, nil, WriteOptions())
            }
        }
    }

    private static func pod(_ text: String) throws -> Pod {
        let brace = text.firstIndex(of: "{")
        let head = text[..<(brace ?? text.endIndex)].split(separator: " ")
        guard let name = head.first else { throw Mistake(line: text) }
        var pod = makePod(String(name))
        for setting in head.dropFirst() {
            let parts = setting.dropFirst().split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw Mistake(line: text) }
            pod.metadata.annotations["drydock.dev/" + parts[0]] = parts[1]
        }
        if let brace {
            pod.spec = try PodSpec.decode(Array(text[brace...].utf8))
            pod.spec.nodeName = "node-1"
            for index in pod.spec.containers.indices where pod.spec.containers[index].image == nil {
                pod.spec.containers[index].image = "nginx:1.27"
            }
            for index in pod.spec.initContainers.indices where pod.spec.initContainers[index].image == nil {
                pod.spec.initContainers[index].image = "nginx:1.27"
            }
            if pod.spec.terminationGracePeriodSeconds == nil { pod.spec.terminationGracePeriodSeconds = 30 }
        }
        return pod
    }
}
