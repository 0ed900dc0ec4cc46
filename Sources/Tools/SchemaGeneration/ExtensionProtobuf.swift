/// The protobuf encoding of `apiregistration.k8s.io`, which is the aggregator's, and of `apiextensions.k8s.io`: neither
/// is among `k8s.io/api`'s messages.
///
/// Follows kubernetes staging/src/k8s.io/kube-aggregator/pkg/apis/apiregistration/v1/generated.proto and
/// staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/generated.proto.
enum ExtensionProtobuf {
    /// Message → field → number and type, in the form of the reference's numbers.
    static var messages: [String: [String: [Any]]] {
        messages(aggregator, package: "k8s.io.kube_aggregator.pkg.apis.apiregistration.v1.").merging(
            messages(extensions, package: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.")
        ) { first, _ in first }
    }

    private static func messages(_ table: String, package: String) -> [String: [String: [Any]]] {
        var result: [String: [String: [Any]]] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard let message = words.first else { continue }
            var fields: [String: [Any]] = [:]
            for word in words.dropFirst() {
                let parts = word.split(separator: "=")
                guard parts.count == 2, let number = Int(parts[1]) else { continue }
                fields[String(parts[0])] = [number, "", ""]
            }
            result[package + message] = fields
        }
        return result
    }

    private static let aggregator = """
        APIService metadata=1 spec=2 status=3
        APIServiceCondition type=1 status=2 lastTransitionTime=3 reason=4 message=5
        APIServiceList metadata=1 items=2
        APIServiceSpec service=1 group=2 version=3 insecureSkipTLSVerify=4 caBundle=5 groupPriorityMinimum=7 \
        versionPriority=8
        APIServiceStatus conditions=1
        ServiceReference namespace=1 name=2 port=3
        """

    private static let extensions = """
        CustomResourceColumnDefinition name=1 type=2 format=3 description=4 priority=5 jsonPath=6
        CustomResourceConversion strategy=1 webhook=2
        CustomResourceDefinition metadata=1 spec=2 status=3
        CustomResourceDefinitionCondition type=1 status=2 lastTransitionTime=3 reason=4 message=5 \
        observedGeneration=6
        CustomResourceDefinitionList metadata=1 items=2
        CustomResourceDefinitionNames plural=1 singular=2 shortNames=3 kind=4 listKind=5 categories=6
        CustomResourceDefinitionSpec group=1 names=3 scope=4 versions=7 conversion=9 preserveUnknownFields=10
        CustomResourceDefinitionStatus conditions=1 acceptedNames=2 storedVersions=3 observedGeneration=4
        CustomResourceDefinitionVersion name=1 served=2 storage=3 schema=4 subresources=5 \
        additionalPrinterColumns=6 deprecated=7 deprecationWarning=8 selectableFields=9
        CustomResourceSubresourceScale specReplicasPath=1 statusReplicasPath=2 labelSelectorPath=3
        CustomResourceSubresources status=1 scale=2
        CustomResourceValidation openAPIV3Schema=1
        ExternalDocumentation description=1 url=2
        JSONSchemaProps id=1 schema=2 ref=3 description=4 type=5 format=6 title=7 default=8 maximum=9 \
        exclusiveMaximum=10 minimum=11 exclusiveMinimum=12 maxLength=13 minLength=14 pattern=15 maxItems=16 \
        minItems=17 uniqueItems=18 multipleOf=19 enum=20 maxProperties=21 minProperties=22 required=23 items=24 \
        allOf=25 oneOf=26 anyOf=27 not=28 properties=29 additionalProperties=30 patternProperties=31 \
        dependencies=32 additionalItems=33 definitions=34 externalDocs=35 example=36 nullable=37 \
        xKubernetesPreserveUnknownFields=38 xKubernetesEmbeddedResource=39 xKubernetesIntOrString=40 \
        xKubernetesListMapKeys=41 xKubernetesListType=42 xKubernetesMapType=43 xKubernetesValidations=44
        SelectableField jsonPath=1
        ServiceReference namespace=1 name=2 path=3 port=4
        ValidationRule rule=1 message=2 messageExpression=3 reason=4 fieldPath=5 optionalOldSelf=6
        WebhookClientConfig service=1 caBundle=2 url=3
        WebhookConversion clientConfig=2 conversionReviewVersions=3
        """
}
