import KubeAPI
import KubeClient

/// Posts the Binding.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/defaultbinder.
package enum DefaultBinder: Plugin {
    package static let identifier = PluginIdentifier.defaultBinder

    static func bind(_ pod: QueuedPod, to node: String, _ client: any KubeClient) throws(StatusError) {
        try client.bind(pod: pod.key, uid: pod.uid, to: node)
    }
}
