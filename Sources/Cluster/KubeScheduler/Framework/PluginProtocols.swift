import KubeAPI

// The extension points. Plugins are types without instances, called statically, so that a filter costs a call and no
// more. What a plugin computes once per pod upstream (PreFilter, PreScore) lives in the pod's shape or in the
// evaluation of the shape; see Documentation/Scheduler.md.

package protocol Plugin {
    static var identifier: PluginIdentifier { get }
}

/// Decides before a pod enters the active queue whether it may.
package protocol PreEnqueuePlugin: Plugin {
    /// What keeps the pod out; nil when it may be queued.
    static func preEnqueue(_ pod: Pod) -> String?
}

/// Looks at one node by itself.
package protocol FilterPlugin: Plugin {
    /// Why the pod can't run on the node; nil when it can.
    static func filter(_ shape: PodShape, _ node: NodeInfo) -> Rejection?
}

/// Gives each node a raw score, which its weight multiplies after normalization.
package protocol ScorePlugin: Plugin {
    static var weight: Int { get }
}

/// Says which changes of the cluster may make a pod schedulable that the plugin turned down: upstream's
/// `EnqueueExtensions` and queueing hints.
package protocol EnqueueExtensions: Plugin {
    static func mayBecomeSchedulable(_ shape: PodShape, after event: ClusterEvent) -> Bool
}
