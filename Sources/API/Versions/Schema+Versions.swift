import Model

extension Schema {
    /// What is left of it in a version: without the members that come later. Nil is all of them.
    func at(_ version: Microversion?) -> Schema {
        guard let version else { return self }
        return mapObjects { object in
            guard object.properties.contains(where: { $0.since != nil }) else { return object }
            let left = object.properties.filter { property in property.since.map { $0 <= version } ?? true }
            return ObjectSchema(left, others: object.others, minProperties: object.minProperties)
        }
    }

    /// An object's schema with the first versions of its members.
    func since(_ versions: [String: APIVersion]) -> Schema {
        guard case .object(let object) = self else { return self }
        let properties = object.properties.map {
            ObjectSchema.Property(
                $0.name, $0.schema, required: $0.isRequired, from: versions[$0.name]?.number ?? $0.since)
        }
        return .object(ObjectSchema(properties, others: object.others, minProperties: object.minProperties))
    }

    /// The same with each object in it changed, from the inmost outwards.
    ///
    /// - Parameter inMaps: whether those are meant, too, that are the values of an object with any keys
    func mapObjects(inMaps: Bool = true, _ change: (ObjectSchema) -> ObjectSchema) -> Schema {
        switch self {
        case .array(let element, let minItems, let maxItems, let unique):
            return .array(
                of: element.mapObjects(inMaps: inMaps, change), minItems: minItems, maxItems: maxItems, unique: unique)
        case .nullable(let schema): return .nullable(schema.mapObjects(inMaps: inMaps, change))
        case .anyOf(let schemas): return .anyOf(schemas.map { $0.mapObjects(inMaps: inMaps, change) })
        case .named(let name, let schema): return .named(name, schema.mapObjects(inMaps: inMaps, change))
        case .object(let object):
            let properties = object.properties.map {
                ObjectSchema.Property(
                    $0.name, $0.schema.mapObjects(inMaps: inMaps, change), required: $0.isRequired, from: $0.since)
            }
            var others = object.others
            if inMaps, case .each(let pattern, let schema) = others {
                others = .each(keyPattern: pattern, schema.mapObjects(change))
            }
            return .object(change(ObjectSchema(properties, others: others, minProperties: object.minProperties)))
        default: return self
        }
    }
}
