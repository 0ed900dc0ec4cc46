import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing

/// Creating, scaling, editing: forms, the editor, and what the server answers.
@Suite struct ConsoleFormTests {
    private func created(_ desk: Desk) -> (id: Int, objects: [KubeObject])? {
        guard let (id, command) = desk.console.takeCommands().first, case .create(let objects) = command else {
            return nil
        }
        return (id, objects)
    }

    @Test func theFormMakesADeploymentAndItsService() throws {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press("c1shop<tab>registry.io/team/shop:2.0<tab>7<tab>8080<tab><space><tab><right><ctrl-s>")
        let (id, objects) = try #require(created(desk))
        let deployment = try #require(objects.first?.as(Deployment.self))
        #expect(deployment.name == "shop" && deployment.namespace == "default" && deployment.spec.replicas == 7)
        #expect(deployment.spec.template.spec.containers[0].image == "registry.io/team/shop:2.0")
        #expect(deployment.spec.template.spec.containers[0].ports[0].containerPort == 8080)
        #expect(deployment.spec.selector?.matchLabels["app"] == "shop")
        let service = try #require(objects.last?.as(Service.self))
        #expect(service.spec.type == "NodePort" && service.spec.ports[0].port == 8080)
        desk.change(outcomes: [
            CommandOutcome(id: id, messages: ["deployment.apps/shop created", "service/shop created"])
        ]) {
            $0.put(deployment)
        }
        #expect(desk.text.contains("deployment.apps/shop created") && !desk.text.contains("Create Deployment"))
        desk.press("q")
        #expect(desk.text.contains("Not saved: 1 Deployment"))
    }

    /// What stands in an empty field reads as no value, without colours too, and the least window has all fields.
    @Test func examplesReadAsExamples() {
        let desk = Desk(size: Console.minimumSize)
        desk.press("c1")
        for text in ["e.g. web", "e.g. nginx:1.29", "(none)", "[ ]", "(•) ClusterIP", "( ) NodePort", "Cancel"] {
            #expect(desk.text.contains(text), "\(text) is missing: \(desk.text)")
        }
        desk.press("<backtab><backtab><backtab><right>")
        #expect(desk.text.contains("( ) ClusterIP  (•) NodePort"))
        desk.press("<esc>c3")
        #expect(desk.text.contains("e.g. app.yaml") && !desk.text.contains("toggle"))
    }

    /// Of several that differ none is the one to go by.
    @Test func scalingSeveralSuggestsOnlyWhatTheyShare() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":deploy<enter><space><space>s")
        #expect(desk.text.contains("now 2 to 8; the number is for each of them"))
        desk.press("<ctrl-s>")
        #expect(desk.console.takeCommands().isEmpty && desk.text.contains("must be a whole number"))
        desk.press("5<ctrl-s>")
        let counts = desk.console.takeCommands().map {
            if case .scale(_, let replicas) = $0.command { replicas } else { -1 }
        }
        #expect(counts == [5, 5])
        desk.press("<ctrl-\\>gs")
        #expect(desk.text.contains("now 2; up and down count"))
    }

    @Test func fieldsSayWhatIsWrongAsTheyAreTyped() {
        let desk = Desk(size: Size(width: 120, height: 30))
        desk.press("c1Web_1")
        #expect(desk.text.contains("✗ a lowercase RFC 1123"))
        desk.press("<ctrl-s>")
        #expect(desk.console.takeCommands().isEmpty)
        desk.press("<ctrl-u>web<tab>nginx<tab><tab><tab><space><ctrl-s>")
        #expect(desk.console.takeCommands().isEmpty && desk.text.contains("a Service needs a port"))
    }

    @Test func theServersCausesStandAtTheirFields() throws {
        let desk = Desk(size: Size(width: 120, height: 30))
        desk.press("c1web<tab>nginx<tab><ctrl-s>")
        let (id, _) = try #require(created(desk))
        let path: FieldPath = "spec"
        let error = StatusError.invalid(
            kind: .deployment, name: "web",
            errors: [.invalid(path.child("replicas"), 1, "must not be one today"), .required("data", "is missing")])
        desk.change(outcomes: [CommandOutcome(id: id, errors: [error])]) { _ in }
        #expect(desk.text.contains("✗ Invalid value: 1: must not be one today"))
        #expect(desk.text.contains("data: Required value: is missing"))
        desk.press("5")
        #expect(!desk.text.contains("✗"), "the message stays until its field changes")
        desk.press("<ctrl-s>")
        let (_, objects) = try #require(created(desk), "the server is asked again")
        #expect(objects.first?.as(Deployment.self)?.spec.replicas == 5)
    }

    @Test func aLongCauseIsShownInFull() throws {
        let desk = Desk(size: Size(width: 80, height: 24))
        desk.press("c1web<tab>nginx<tab><ctrl-s>")
        let (id, _) = try #require(created(desk))
        let cause = "is the 41st today, while the policy of this cluster allows for forty and not a single one more"
        let error = StatusError.invalid(
            kind: .deployment, name: "web", errors: [.invalid("metadata.name", "web", cause)])
        desk.change(outcomes: [CommandOutcome(id: id, errors: [error])]) { _ in }
        let words = desk.text.split { " \n│›".contains($0) }.joined(separator: " ")
        #expect(words.contains("✗ Invalid value: \"web\": \(cause)"))
        #expect(desk.text.ranges(of: "✗").count == 1, "it is told once")
    }

    @Test func aBadNameIsToldOnceAndWhole() {
        for size in [Size(width: 60, height: 16), Size(width: 80, height: 24), Size(width: 120, height: 40)] {
            let desk = Desk(size: size)
            desk.press("c1Web_1")
            for part in ["✗ a lowercase RFC 1123 subdomain", "an alphanumeric character"] {
                #expect(desk.text.ranges(of: part).count == 1, "\(size): \(desk.text)")
            }
            #expect(desk.text.contains("Cancel"))
        }
    }

    @Test func scalingReplacesTheNumber() throws {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":deploy<enter>js25<enter>")
        guard case .scale(let key, replicas: let count)? = desk.console.takeCommands().first?.command else {
            Issue.record("nothing is scaled")
            return
        }
        #expect(key.name == "web" && count == 25)
    }

    /// The reason that is written above the text moves its lines.
    @Test func editingTellsTheLineOfTheFileThatIsOpened() throws {
        let desk = Desk(size: Size(width: 100, height: 30)) { text in
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let line = lines.firstIndex { $0 == "broken" } ?? 0
            return .failure(ManifestProblem("document 1: line \(line + 1): broken"))
        }
        desk.press(":deploy<enter>jE")
        for round in 0..<2 {
            guard case .edit(let text, _)? = desk.console.takeExternalRequest() else { throw Missing() }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.contains("broken") == (round == 1))
            if let place = lines.firstIndex(of: "broken") {
                #expect(text.contains("# The edited file had a syntax error: document 1: line \(place + 1): broken\n"))
            }
            desk.console.externalResult(.text("# a comment\nkind: Deployment\nbroken\n"))
        }
    }

    @Test func editingGoesToTheEditorAndBack() throws {
        var edited = SampleCluster.deployment("web", replicas: 3, ready: 0)
        edited.metadata.labels["new"] = "yes"
        let object = edited.boxed
        let desk = Desk(size: Size(width: 100, height: 30)) { text in
            text.contains("broken")
                ? .failure(ManifestProblem("line 1: broken"))
                : .success([WrittenObject(object, written: object.jsonValue)])
        }
        func editor() throws -> String {
            guard case .edit(let text, "deployment-web.yaml")? = desk.console.takeExternalRequest() else {
                throw Missing()
            }
            return text
        }
        desk.press(":deploy<enter>jE")
        #expect(try editor().contains("\nkind: Deployment\n"))
        desk.console.externalResult(.text("# a comment\nbroken"))
        // As kubectl edit: opened again at once, the reason above what was written.
        #expect(try editor().hasSuffix("#\n# The edited file had a syntax error: line 1: broken\n#\nbroken"))
        desk.console.externalResult(.text("kind: Deployment"))
        guard case (let id, .edit(from: let original, to: let sent))? = desk.console.takeCommands().first else {
            Issue.record("nothing is sent")
            return
        }
        #expect(original.name == "web" && sent === object)
        let error = StatusError.invalid(
            kind: .deployment, name: "web", errors: [.required("spec.one"), .invalid("spec.two", 2, "is odd")])
        desk.change(outcomes: [CommandOutcome(id: id, errors: [error])]) { _ in }
        #expect(
            try editor().hasSuffix(
                """
                # deployments.apps "web" was not valid:
                # * spec.one: Required value
                # * spec.two: Invalid value: 2: is odd
                #
                kind: Deployment
                """))
        desk.console.externalResult(.unchanged)
        desk.draw()
        #expect(desk.text.contains("Edit cancelled, no valid changes were saved."))
        #expect(desk.console.takeCommands().isEmpty && desk.console.takeExternalRequest() == nil)
    }

    @Test func whatIsNotEditedIsNotSent() throws {
        let desk = Desk(size: Size(width: 100, height: 30))
        for answer in ["same", "emptied"] {
            desk.press(":deploy<enter>jE")
            guard case .edit(let text, _)? = desk.console.takeExternalRequest() else { throw Missing() }
            desk.console.externalResult(answer == "same" ? .text(text) : .text("# nothing\n\n"))
            desk.draw()
            #expect(desk.text.contains("Edit cancelled, no changes made."), "\(answer)")
            #expect(desk.console.takeCommands().isEmpty)
        }
    }

    @Test func aTemplateThatIsLeftAsItWasCreatesNothing() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press("c2")
        guard case .edit(let text, "create.yaml")? = desk.console.takeExternalRequest() else {
            Issue.record("no editor")
            return
        }
        #expect(text.hasPrefix("# One or more objects") && text.contains("\nkind: Deployment\n"))
        desk.console.externalResult(.unchanged)
        desk.draw()
        #expect(desk.text.contains("Edit cancelled, nothing was created."))
        #expect(desk.console.takeCommands().isEmpty)
    }

    private struct Missing: Error {}

    @Test func errorsOfSeveralCausesGetADialog() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":deploy<enter>s5<enter>")
        let id = desk.console.takeCommands().first?.id ?? 0
        let error = StatusError.invalid(
            kind: .deployment, name: "web", errors: [.required("spec.one"), .required("spec.two")])
        desk.change(outcomes: [CommandOutcome(id: id, errors: [error])]) { _ in }
        #expect(desk.text.contains("• spec.one: Required value") && desk.text.contains("• spec.two: Required value"))
        desk.press("<esc>")
        #expect(!desk.text.contains("spec.one"))
    }
}
