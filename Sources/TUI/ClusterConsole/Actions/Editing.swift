import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// Editing an object in the user's editor, until the server takes it or the user gives up: a text that is not taken is
/// opened again, with the reasons as comments above it.
/// Follows kubectl `pkg/cmd/util/editor/editoptions.go`.
enum Editing {
    static func edit(_ object: KubeObject, _ state: ConsoleState) -> [Effect] {
        ask(object, body: Manifest.yaml(object), reasons: [], state)
    }

    private static func ask(
        _ object: KubeObject, body: String, reasons: [String], _ state: ConsoleState
    ) -> [Effect] {
        let cancelled: [Effect] = [
            .toast(
                reasons.isEmpty
                    ? "Edit cancelled, no changes made." : "Edit cancelled, no valid changes were saved.",
                reasons.isEmpty ? .info : .warning)
        ]
        let name = "\(object.kind.info.singular)-\(object.name).yaml"
        return [
            .request(.edit(text: header(reasons) + body, name: name)) { result in
                switch result {
                case .failed(let message): return [.toast(message, .error)]
                case .unchanged, .done: return cancelled
                case .text(let edited):
                    let next = withoutComments(edited)
                    // Saved as it was opened, or emptied.
                    if next == body || next.allSatisfy(\.isWhitespace) { return cancelled }
                    return submit(object, next, state)
                }
            }
        ]
    }

    private static func submit(_ object: KubeObject, _ body: String, _ state: ConsoleState) -> [Effect] {
        func again(_ reasons: [String]) -> [Effect] { ask(object, body: body, reasons: reasons, state) }
        let edited: KubeObject
        switch state.parseManifests(body) {
        case .failure(let problem):
            func reasons(_ problem: ManifestProblem) -> [String] {
                ["The edited file had a syntax error: \(problem.message)"]
            }
            // Lines are counted in the file as it is opened again, with the reason above.
            guard case .failure(let shown) = state.parseManifests(header(reasons(problem)) + body) else {
                return again(reasons(problem))
            }
            return again(reasons(shown))
        case .success(let objects):
            guard objects.count == 1 else { return again(["one object is expected, not \(objects.count)"]) }
            edited = objects[0].object
        }
        return [
            .send(
                .edit(from: object, to: edited),
                onOutcome: { outcome in
                    if outcome.errors.isEmpty { return OutcomeText.effects(outcome, state.theme) }
                    return again(outcome.errors.flatMap { reasons($0, object) })
                })
        ]
    }

    /// An error as kubectl writes it into the file: what is not valid, and every cause under it.
    private static func reasons(_ error: StatusError, _ object: KubeObject) -> [String] {
        let causes = error.causes.map { cause in
            let field = cause.field.map { $0.isEmpty ? "" : $0 + ": " } ?? ""
            return "* \(field)\(cause.message ?? cause.reason ?? "")"
        }
        guard error.reason == .invalid, !causes.isEmpty else { return [error.message] }
        return ["\(object.kind.info.groupResource) \"\(object.name)\" was not valid:"] + causes
    }

    private static func header(_ reasons: [String]) -> String {
        var text = """
            Please edit the object below. Lines beginning with a '#' will be ignored,
            and an empty file will abort the edit. If an error occurs while saving this file will be
            reopened with the relevant failures.

            """
        for reason in reasons { text += "\n" + reason }
        if !reasons.isEmpty { text += "\n" }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { line in line.isEmpty ? "#\n" : "# \(line)\n" }.joined()
    }

    private static func withoutComments(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#") }
            .joined(separator: "\n")
    }
}
