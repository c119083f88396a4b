-- The documented FretCoach schema, with what a server needs so that a device in a stranger's hands can write to it.
-- For a database that has Supabase's roles (anon, authenticated, service_role) and auth.uid(). Runs once, as its owner.
-- The pedal itself never runs DDL: it works with what it finds.

CREATE SCHEMA IF NOT EXISTS fretcoach;
GRANT USAGE ON SCHEMA fretcoach TO authenticated, service_role;

-- A score lies between 0 and 1. PostgreSQL sorts NaN above every number, so that the same check keeps it out:
-- PostgREST takes the text "NaN" for a float, and one such row spoils every average of its owner.
CREATE DOMAIN fretcoach.score AS double precision CHECK (VALUE BETWEEN 0 AND 1);

CREATE TABLE fretcoach.sessions (
    session_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id varchar(255) NOT NULL,
    start_timestamp timestamp NOT NULL, -- UTC by convention: an offset sent with it would be dropped in silence
    end_timestamp timestamp,
    scale_chosen varchar(100) NOT NULL,
    scale_type varchar(50) NOT NULL,
    pitch_accuracy fretcoach.score,
    scale_conformity fretcoach.score,
    timing_stability fretcoach.score,
    noise_control fretcoach.score,
    total_notes_played integer CHECK (total_notes_played >= 0),
    correct_notes_played integer CHECK (correct_notes_played >= 0),
    bad_notes_played integer CHECK (bad_notes_played >= 0),
    unique_notes_used integer CHECK (unique_notes_used >= 0),
    duration_seconds integer CHECK (duration_seconds >= 0),
    strictness fretcoach.score,
    sensitivity fretcoach.score,
    ambient_lighting_used boolean DEFAULT false,
    device_type varchar(50) DEFAULT 'desktop',
    created_at timestamp DEFAULT now(),
    -- The key that a repeated push is matched by: an id that another account already used is then an error
    -- (23505) and not a silent "nothing stored".
    UNIQUE (user_id, session_id)
);

CREATE TABLE fretcoach.ai_practice_plans (
    practice_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id varchar(255) NOT NULL,
    practice_plan jsonb NOT NULL,
    generated_at timestamp DEFAULT now(),
    executed_session_id uuid,
    executed_at timestamp,
    -- Both columns: with the id alone, anyone could probe which sessions of other accounts exist.
    FOREIGN KEY (user_id, executed_session_id) REFERENCES fretcoach.sessions (user_id, session_id)
);

CREATE INDEX sessions_of_user ON fretcoach.sessions (user_id, start_timestamp DESC);
CREATE INDEX plans_of_user ON fretcoach.ai_practice_plans (user_id, generated_at DESC);

GRANT SELECT, INSERT, DELETE ON fretcoach.sessions TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON fretcoach.ai_practice_plans TO authenticated;
GRANT ALL ON ALL TABLES IN SCHEMA fretcoach TO service_role;

ALTER TABLE fretcoach.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE fretcoach.ai_practice_plans ENABLE ROW LEVEL SECURITY;

-- The cast stands on the side of the constant: on the column it would cost a scan of the whole table.
-- Sessions have no policy for UPDATE: what was played does not change.
CREATE POLICY sessions_read ON fretcoach.sessions FOR SELECT TO authenticated
    USING (user_id = (SELECT auth.uid())::text);
CREATE POLICY sessions_add ON fretcoach.sessions FOR INSERT TO authenticated
    WITH CHECK (user_id = (SELECT auth.uid())::text);
CREATE POLICY sessions_erase ON fretcoach.sessions FOR DELETE TO authenticated
    USING (user_id = (SELECT auth.uid())::text);
CREATE POLICY plans_own ON fretcoach.ai_practice_plans FOR ALL TO authenticated
    USING (user_id = (SELECT auth.uid())::text) WITH CHECK (user_id = (SELECT auth.uid())::text);
