//! The schema: what clients can ask, do, and follow.

use async_graphql::{
    Context, Executor, ID, MergedObject, MergedSubscription, Object, Request, Response, Schema,
    SchemaBuilder, SimpleObject,
};
use domain::ids::{CaseId, ItemId, SubmissionId};
use futures::{Stream, StreamExt, stream::BoxStream};

use crate::{
    city::{At, CityQuery, Looking, MomentInput, Present},
    context::Ask,
    desk::Desk,
    gate,
    http::ApiError,
    log::{LogQuery, LogSubscription},
    node::Node,
    ordinance::OrdinanceQuery,
    personal_data::{
        ErasureRequestMutation, ErasureRequestQuery, PersonalDataMutation, PersonalDataQuery,
    },
    public_comment::{
        Item, PublicCommentCase, PublicCommentMutation, PublicCommentQuery, Submission,
    },
    scalars::{LogPosition, parse_id},
    search::SearchQuery,
};

/// What can be asked.
#[derive(MergedObject)]
#[graphql(name = "Query")]
pub struct Query(
    RootQuery,
    PublicCommentQuery,
    OrdinanceQuery,
    PersonalDataQuery,
    ErasureRequestQuery,
    LogQuery,
    SearchQuery,
);

/// What can be done: every command, one mutation.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct Mutation(
    PublicCommentMutation,
    PersonalDataMutation,
    ErasureRequestMutation,
);

/// The schema of the city.
pub type CitySchema = Schema<Query, Mutation, Subscription>;

/// Who looks.
#[derive(Clone, Debug, SimpleObject)]
pub struct ViewerInfo {
    /// How the person is called on screen, if the issuer says.
    pub name: Option<String>,
    /// What the person may do.
    pub roles: Vec<String>,
    /// The code of the ward that the issuer attests, if it does.
    pub ward_code: Option<String>,
}

/// Questions that only make sense now.
#[derive(Default)]
pub struct RootQuery;

/// Questions that only make sense now.
#[Object]
impl RootQuery {
    /// Anything by its global id, if the viewer may see it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<Node>, ApiError> {
        node(ctx, &id)
    }

    /// Several things by their global ids, in this order; up to 100.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>, ApiError> {
        if ids.len() > 100 {
            return Err(ApiError::bad_input(
                "一度に読めるのは100件までです",
                "at most 100 ids can be asked for at once",
            ));
        }
        ids.iter().map(|id| node(ctx, id)).collect()
    }

    /// Whether whoever submits an opinion without being signed in must have
    /// their address of e-mail confirmed first, by `requestEmailConfirmation`.
    async fn email_confirmation_required(&self, ctx: &Context<'_>) -> bool {
        ctx.desk().confirmation.is_some()
    }

    /// The city as it was after a moment: every question can be asked of it.
    async fn city_as_of(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment.")] moment: MomentInput,
    ) -> Result<CityQuery, ApiError> {
        CityQuery::as_of(ctx, moment).await
    }

    /// The city as it is now, including at least this position: whoever has
    /// recorded something reads it here, from any server of the city. Waits
    /// until the position is folded.
    async fn city_at_least(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A place in the log, such as a mutation answered with.")]
        position: LogPosition,
    ) -> Result<CityQuery, ApiError> {
        CityQuery::at_least(ctx, position.0).await
    }

    /// Who is signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<ViewerInfo> {
        let identity = ctx.caller().identity.as_ref()?;
        Some(ViewerInfo {
            name: identity.name.clone(),
            roles: identity
                .roles
                .iter()
                .map(|role| role.word().to_owned())
                .collect(),
            ward_code: identity.ward.clone(),
        })
    }

    /// The viewer's own submissions, in all cases; the newest last.
    async fn own_submissions(&self, ctx: &Context<'_>) -> Result<Vec<Submission>, ApiError> {
        let identity = ctx.viewer().identity()?;
        let at = Looking::default().at(ctx);
        let mut own = Vec::new();
        for (case, subject) in ctx
            .desk()
            .keys()
            .subjects_of(crate::desk::account(identity))
        {
            let Ok(id) = case.parse::<CaseId>() else {
                continue;
            };
            let Some(case) = at.city.public_comment.get(id) else {
                continue;
            };
            let Ok(subject) = subject.as_str().parse() else {
                continue;
            };
            own.extend(case.submissions_of(subject).map(|view| Submission {
                case: at.case(id),
                view: std::sync::Arc::clone(view),
                held: true,
            }));
        }
        own.sort_by_key(|submission| submission.view.position);
        Ok(own)
    }

    /// The newest checkpoint of the log, as a signed note; where it has
    /// witnesses, the newest that enough of them have cosigned.
    async fn checkpoint(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        match &ctx.desk().seals {
            Some(seals) => Ok(Some(seals.checkpoint().await?.to_string())),
            None => Ok(None),
        }
    }

    /// The receipt of a position as a tlog-proof: it proves that the log holds
    /// the leaf. None until a checkpoint covers it.
    async fn receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The place in the log.")] position: LogPosition,
    ) -> Result<Option<String>, ApiError> {
        match &ctx.desk().seals {
            Some(seals) => seals.receipt(position.0).await,
            None => Ok(None),
        }
    }
}

impl At {
    /// A case in this state.
    pub(crate) fn case(&self, id: CaseId) -> PublicCommentCase {
        PublicCommentCase {
            city: std::sync::Arc::clone(&self.city),
            id,
            today: self.today,
        }
    }
}

fn node(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>, ApiError> {
    let at = Looking::default().at(ctx);
    let viewer = ctx.viewer();
    let cases = &at.city.public_comment;
    let noun = id.split('_').next().unwrap_or_default();
    Ok(match noun {
        CaseId::PREFIX => {
            let id: CaseId = parse_id(id)?;
            let case = cases
                .get(id)
                .filter(|case| gate::may_see_case(&viewer, case));
            case.map(|_| Node::PublicCommentCase(at.case(id)))
        }
        SubmissionId::PREFIX => {
            let id: SubmissionId = parse_id(id)?;
            let case = cases
                .of_submission(id)
                .filter(|case| gate::may_see_case(&viewer, case));
            case.and_then(|case| {
                Some(Node::Submission(Submission {
                    case: at.case(case.id),
                    view: std::sync::Arc::clone(case.submission(id)?),
                    held: false,
                }))
            })
        }
        ItemId::PREFIX => {
            let id: ItemId = parse_id(id)?;
            let case = cases
                .of_item(id)
                .filter(|case| gate::may_see_case(&viewer, case));
            case.and_then(|case| {
                Some(Node::OpinionItem(Item {
                    case: at.case(case.id),
                    view: std::sync::Arc::clone(case.item(id)?),
                }))
            })
        }
        _ => None,
    })
}

/// What can be followed.
#[derive(MergedSubscription, Default)]
#[graphql(name = "Subscription")]
pub struct Subscription(CaseSubscription, LogSubscription);

/// What can be followed of cases.
#[derive(Default)]
pub struct CaseSubscription;

/// What can be followed.
#[async_graphql::Subscription]
impl CaseSubscription {
    /// A case, whenever something about it was recorded.
    async fn case_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<impl Stream<Item = PublicCommentCase> + use<>, ApiError> {
        let id: CaseId = parse_id(&id)?;
        let desk = ctx.desk().clone();
        let city = desk.city();
        let visible = city.public_comment.get(id);
        if !visible.is_some_and(|case| gate::may_see_case(&ctx.viewer(), case)) {
            return Err(ApiError::NotFound);
        }
        let mut last = None;
        let changes = futures::stream::unfold(desk.reader.watch(), |mut cities| async move {
            cities.changed().await.ok()?;
            let city = std::sync::Arc::clone(&cities.borrow());
            Some((city, cities))
        });
        Ok(changes.filter_map(move |city| {
            let position = city.public_comment.get(id).map(|case| case.last_position);
            let changed = position != last;
            last = position;
            let today = desk.today();
            futures::future::ready(changed.then_some(PublicCommentCase { city, id, today }))
        }))
    }
}

/// The schema, acting on a desk.
pub fn schema(desk: Desk) -> CitySchema {
    build()
        .data(desk)
        .data(crate::public_comment::duplicates::DuplicateGroups::default())
        .finish()
}

fn build() -> SchemaBuilder<Query, Mutation, Subscription> {
    let looking = Looking::default();
    let query = Query(
        RootQuery,
        PublicCommentQuery(looking.clone()),
        OrdinanceQuery(looking.clone()),
        PersonalDataQuery(looking.clone()),
        ErasureRequestQuery,
        LogQuery(looking.clone()),
        SearchQuery(looking),
    );
    // Limits of depth and cost are set where the document is read first, in
    // `http`.
    Schema::build(query, Mutation::default(), Subscription::default())
}

/// The schema as it is published: sorted, so that moving code changes nothing.
pub fn sdl() -> String {
    use async_graphql::SDLExportOptions;
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by();
    build().finish().sdl_with_options(options)
}

/// Runs the schema so that all parts of a request see one state of the city.
#[derive(Clone)]
pub struct CityExecutor {
    schema: CitySchema,
    desk: Desk,
}

impl CityExecutor {
    /// Runs this schema on this desk.
    pub fn new(schema: CitySchema, desk: Desk) -> Self {
        Self { schema, desk }
    }

    fn present(&self, request: Request) -> Request {
        request.data(Present(At {
            city: self.desk.city(),
            today: self.desk.today(),
        }))
    }
}

impl Executor for CityExecutor {
    fn execute(&self, request: Request) -> impl Future<Output = Response> + Send {
        self.schema.execute(self.present(request))
    }

    fn execute_stream(
        &self,
        request: Request,
        session_data: Option<std::sync::Arc<async_graphql::Data>>,
    ) -> BoxStream<'static, Response> {
        Executor::execute_stream(&self.schema, self.present(request), session_data)
    }
}
