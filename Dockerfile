# The course for one learner, in a container:
#   docker build -t agents .
#   docker run --rm -it -p 127.0.0.1:8888:8888 -v agents:/home/learner/course/course agents
# The volume has your answers. Open the address that it prints.
FROM python:3.12-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home learner
WORKDIR /home/learner/course
RUN chown learner:learner .
USER learner
COPY --chown=learner . .
RUN make setup PYTHON=python3 && make model
ENV JUPYTER_CONFIG_PATH=/home/learner/course/src/coursekit/jupyter \
    PYTHONSTARTUP=/home/learner/course/src/coursekit/jupyter/startup.py
EXPOSE 8888
CMD [".venv/bin/jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "--LabApp.default_url=/progress"]
