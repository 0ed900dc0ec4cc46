/// Applies a patch to a document that is no object of the catalogue, such as a Scale. It has no lists with merge keys,
/// so that a strategic merge is a plain one.
///
/// Fails with 400 for a patch that is broken, and 422 for one that does not apply.
public func applyPatch(
    _ patch: [UInt8], type: PatchType, toDocument document: JSONValue
) throws(StatusError) -> JSONValue {
    let changes: JSONValue
    do throws(JSONFailure) {
        changes = try JSONValue.decode(patch)
    } catch {
        throw .badRequest("error decoding patch: " + GoDecodeError.message(error, type: nil, in: patch))
    }
    if type == .json {
        do throws(JSONPatch.Failure) {
            return try JSONPatch(changes).apply(to: document)
        } catch {
            throw .unprocessablePatch
        }
    }
    var result = document
    result.mergePatch(changes)
    return result
}
