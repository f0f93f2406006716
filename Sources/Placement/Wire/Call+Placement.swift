import API
import HTTPTypes
import Model

extension AnswerHeader {
    /// Of responses with another status than 200, which always have it.
    static let lastModified = AnswerHeader(.lastModified, "When it was last modified", since: .lastModified)
}

extension Call {
    /// A response with `moment` as Last-Modified; without it, the time of the response.
    func json(_ writer: JSONWriter, status: Int = 200, modified moment: Timestamp? = nil, location: String? = nil)
        -> Reply
    {
        .json(bytes: writer.bytes, status: status, headers: fields(modified: moment, location: location))
    }

    func empty(_ status: Int = 204, modified moment: Timestamp? = nil, location: String? = nil) -> Reply {
        .empty(status, headers: fields(modified: moment, location: location))
    }

    func fields(modified moment: Timestamp?, location: String?) -> HTTPFields {
        var fields: HTTPFields = [:]
        if let moment, version >= .lastModified {
            fields[.lastModified] = moment.httpDate
            fields[.cacheControl] = "no-cache"
        }
        if let location { fields[.location] = origin + mount + location }
        return fields
    }
}
