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
        #expect(deployment.spec.selector.matchLabels["app"] == "shop")
        let service = try #require(objects.last?.as(Service.self))
        #expect(service.spec.type == "NodePort" && service.spec.ports[0].port == 8080)
        desk.change(outcomes: [
            CommandOutcome(id: id, messages: ["deployment.apps/shop created", "service/shop created"])
        ]) {
            $0.put(deployment)
        }
        #expect(desk.text.contains("deployment.apps/shop created") && !desk.text.contains("Create Deployment"))
        desk.press("q")
        #expect(desk.text.contains("You created 1 Deployment."))
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

    @Test func scalingReplacesTheNumber() throws {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":deploy<enter>js25<enter>")
        guard case .scale(let key, replicas: let count)? = desk.console.takeCommands().first?.command else {
            Issue.record("nothing is scaled")
            return
        }
        #expect(key.name == "web" && count == 25)
    }

    @Test func editingGoesToTheEditorAndBack() throws {
        var edited = SampleCluster.deployment("web", replicas: 3, ready: 0)
        edited.metadata.labels["new"] = "yes"
        let object = edited.boxed
        let desk = Desk(size: Size(width: 100, height: 30)) { text in
            text.contains("broken") ? .failure(ManifestProblem("line 1: broken")) : .success([object])
        }
        desk.press(":deploy<enter>jE")
        guard case .edit(let text, "deployment-web.yaml")? = desk.console.takeExternalRequest() else {
            Issue.record("no editor")
            return
        }
        #expect(text.contains("kind: Deployment"))
        desk.console.externalResult(.text("broken"))
        desk.draw()
        #expect(desk.text.contains("line 1: broken"))
        desk.press("e")
        guard case .edit(let again, _)? = desk.console.takeExternalRequest() else {
            Issue.record("not edited again")
            return
        }
        #expect(again.hasPrefix("# line 1: broken\n#\nbroken"))
        desk.console.externalResult(.text("kind: Deployment"))
        guard case .update(let sent)? = desk.console.takeCommands().first?.command else {
            Issue.record("nothing is sent")
            return
        }
        #expect(sent === object)
        desk.press("E")
        _ = desk.console.takeExternalRequest()
        desk.console.externalResult(.unchanged)
        desk.draw()
        #expect(desk.text.contains("Edit cancelled") && desk.console.takeCommands().isEmpty)
    }

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
