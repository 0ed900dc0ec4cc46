import KubeAPI

/// A pod affinity or anti-affinity term, ready to be matched.
///
/// Follows kubernetes staging/src/k8s.io/kube-scheduler/framework `AffinityTerm`.
package struct AffinityTerm: Equatable, Sendable {
    package let topologyKey: String
    package let selector: Selector
    package let namespaces: [String]
    package let namespaceSelector: Selector
    /// How much a preferred term counts; zero for a required one.
    package let weight: Int

    /// `pod` is the pod that has the term: its namespace is meant when the term names none, and its labels fill in
    /// `matchLabelKeys` and `mismatchLabelKeys`.
    package init(_ term: PodAffinityTerm, namespace: String, labels: StringMap<String>, weight: Int = 0) {
        topologyKey = term.topologyKey
        selector = Selector(lenient: term.labelSelector)
            .demanding(term.matchLabelKeys, .in, valuesOf: labels)
            .demanding(term.mismatchLabelKeys, .notIn, valuesOf: labels)
        let namesNone = term.namespaces.isEmpty && term.namespaceSelector == nil
        namespaces = namesNone ? [namespace] : term.namespaces
        namespaceSelector = Selector(lenient: term.namespaceSelector)
        self.weight = weight
    }

    /// Whether a pod with these labels is meant. `namespaceLabels` is asked for only when the namespace isn't named.
    package func matches(
        namespace: String, labels: StringMap<String>, namespaceLabels: (String) -> StringMap<String>
    ) -> Bool {
        if !namespaces.contains(namespace) {
            if namespaceSelector.isNothing { return false }
            if !namespaceSelector.isEverything, !namespaceSelector.matches(namespaceLabels(namespace)) { return false }
        }
        return selector.matches(labels)
    }

    package func matches(_ identity: PodIdentity, _ namespaceLabels: (String) -> StringMap<String>) -> Bool {
        matches(namespace: identity.namespace, labels: identity.labels, namespaceLabels: namespaceLabels)
    }
}
